/* The charts of the Insights pages: the RFM cube, streams of members between places. */
(function () {
  "use strict";
  var charts = window.regularsCharts, column = charts.column;

  function inked(fill) { return charts.luminance(fill) > 0.22 ? "#12201f" : "#ffffff"; }

  /* Three squares, one for each band of money; in each, recency upwards and frequency to the right.
     The colour follows the square root: a few large cells would leave the others blank. */
  function cube(spec, c, wide, width, height) {
    var order = ["low", "medium", "high"], gap = wide ? 28 : 8, left = wide ? 108 : 34, top = 26, below = 42;
    var side = (width - left - 2 * gap - 4) / 3, cell = side / 3, tall = (height - top - below) / 3;
    var most = Math.max.apply(null, column(spec, 1).concat([1])), font = (wide ? "13px " : "11px ") + c.font;
    function words(x, y, text, more) { return { type: "text", silent: true, style: Object.assign({ x: x, y: y, text: text, fill: c.ink3, align: "center", verticalAlign: "middle", font: font }, more || {}) }; }
    function place(index) {
      var at = spec.places[index].map(function (band) { return order.indexOf(band); });
      return { x: left + at[2] * (side + gap) + at[1] * cell, y: top + (2 - at[0]) * tall };
    }
    function labels() {
      var found = [];
      order.forEach(function (band, nth) {
        var x = left + nth * (side + gap);
        found.push(words(x + side / 2, 10, (wide ? spec.axes.monetary + ": " : "") + spec.bands[band], { fill: c.ink, font: "600 " + font }));
        order.forEach(function (one, at) { found.push(words(x + (at + 0.5) * cell, height - below + 12, spec.bands[one])); });
        found.push(words(left - 6, top + (2.5 - nth) * tall, spec.bands[band], { align: "right" }));
      });
      found.push(words(left + 1.5 * side + gap, height - 10, wide ? spec.axes.frequency + " →" : spec.axes.frequency + " → · " + spec.axes.recency + " ↑"));
      if (wide) { found.push(words(left - 6, 10, spec.axes.recency + " ↑", { align: "right" })); }
      return found;
    }
    return {
      animation: false, tooltip: charts.tooltip(spec, c),
      series: [{
        type: "custom", coordinateSystem: "none", data: column(spec, 1), cursor: "pointer",
        renderItem: function (at) {
          var members = spec.rows[at.dataIndex][1], from = place(at.dataIndex), share = Math.sqrt(members / most);
          var fill = members ? charts.mix(c.wash, c.accent, share) : c.sheet;
          var children = [
            { type: "rect", shape: { x: from.x + 1, y: from.y + 1, width: Math.max(cell - 2, 1), height: Math.max(tall - 2, 1), r: 3 }, style: { fill: fill, stroke: members ? fill : c.line } },
            { type: "text", style: { x: from.x + cell / 2, y: from.y + tall / 2, text: members ? spec.short[at.dataIndex] : "0", fill: members ? inked(fill) : c.ink3, align: "center", verticalAlign: "middle", font: (members ? "600 " : "") + font } },
          ];
          return { type: "group", children: at.dataIndex ? children : labels().concat(children) };
        },
      }],
    };
  }

  /* Left where members stood, right where they stand; the width of a stream is their number. */
  function sankey(spec, c, wide) {
    var count = spec.places.length, used = {};
    spec.streams.forEach(function (ends) { used["a" + ends[0]] = true; used["b" + ends[1]] = true; });
    function shade(place) { return charts.mix(c.accent, c.soft, count > 1 ? 0.8 * place / (count - 1) : 0); }
    var nodes = [];
    ["a", "b"].forEach(function (side) {
      spec.places.forEach(function (name, place) {
        if (used[side + place]) {
          nodes.push({ name: side + place, depth: side === "a" ? 0 : 1, itemStyle: { color: shade(place), borderWidth: 0 },
            label: { formatter: name, position: wide ? (side === "a" ? "left" : "right") : (side === "a" ? "right" : "left"), color: c.ink2, fontFamily: c.font, fontSize: wide ? 13 : 11, width: wide ? 150 : 100, overflow: "truncate" } });
        }
      });
    });
    return {
      animation: false,
      tooltip: charts.tooltip(spec, c, { formatter: function (at) {
        if (at.dataType !== "node") { return charts.tip(spec, spec.rows[at.dataIndex]); }
        return charts.tip({ columns: [spec.columns[0], spec.columns[1]] }, [spec.places[+at.name.slice(1)], at.value]);
      } }),
      series: [{
        type: "sankey", left: wide ? 160 : 4, right: wide ? 160 : 4, top: 8, bottom: 8, nodeWidth: 12, nodeGap: wide ? 15 : 12, layoutIterations: 0, draggable: false, cursor: "pointer",
        data: nodes, emphasis: { focus: "trajectory", lineStyle: { opacity: 0.6 } },
        lineStyle: { color: "source", opacity: 0.32, curveness: 0.5 },
        links: spec.streams.map(function (ends, index) { return { source: "a" + ends[0], target: "b" + ends[1], value: spec.rows[index][1] }; }),
      }],
    };
  }

  /* Shares of a whole over time, one stack for each month; the last may be of a month not over yet,
     and is named by its day. */
  function mixed(spec, c, wide) {
    var last = spec.rows.length - 1;
    var text = { color: c.ink3, fontFamily: c.font, fontSize: 12 };
    var fills = [charts.mix(c.soft, c.accent, 0.35), charts.mix(c.soft, c.accent, 0.7), c.accent, charts.mix(c.line, c.ink3, 0.45), charts.mix(c.line, c.ink3, 0.1)];
    return {
      animation: false, tooltip: charts.tooltip(spec, c, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: c.ink3, opacity: 0.08 } } }),
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "roundRect", itemGap: wide ? 18 : 8, selectedMode: false, textStyle: { color: c.ink2, fontFamily: c.font, fontSize: wide ? 13 : 11 } },
      grid: { left: 46, right: 8, top: wide ? 34 : 54, bottom: 26 },
      xAxis: { type: "category", data: column(spec, 0), axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } }, axisLabel: Object.assign({ hideOverlap: true, formatter: function (day, at) { return at === last ? day : day.slice(2, 7); } }, text) },
      yAxis: { type: "value", axisLabel: Object.assign({ formatter: charts.write.short }, text), splitLine: { lineStyle: { color: c.line } }, splitNumber: 4 },
      series: spec.columns.slice(1).map(function (one, at) {
        return { name: one.label, type: "bar", stack: "all", data: column(spec, at + 1), itemStyle: { color: fills[at % fills.length] }, barCategoryGap: "18%", cursor: "pointer" };
      }),
    };
  }

  /* What was told against what came, for groups of members; on the diagonal it came true. */
  function calibration(spec, c, wide) {
    var text = { color: c.ink3, fontFamily: c.font, fontSize: 12 };
    var name = { color: c.ink2, fontFamily: c.font, fontSize: 12 };
    function axis(title) {
      return { type: "value", min: 0, max: 1, interval: wide ? 0.2 : 0.25, name: title, nameLocation: "middle", nameGap: 34, nameTextStyle: name, axisLabel: Object.assign({ formatter: function (value) { return Math.round(value * 100) + "%"; } }, text), axisLine: { lineStyle: { color: c.line } }, splitLine: { lineStyle: { color: c.line } } };
    }
    return {
      animation: false, tooltip: charts.tooltip(spec, c),
      grid: { left: 56, right: 18, top: 14, bottom: 48 }, xAxis: axis(spec.axes.told), yAxis: axis(spec.axes.left),
      series: [
        { type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, tooltip: { show: false }, lineStyle: { color: c.ink3, width: 1, type: "dashed" } },
        { type: "line", data: spec.rows.map(function (row) { return [row[1], row[2]]; }), symbol: "circle", symbolSize: 9, lineStyle: { color: c.accent, width: 2 }, itemStyle: { color: c.accent } },
      ],
    };
  }

  charts.kinds.calibration = calibration;
  charts.kinds.mix = mixed;
  charts.kinds.cube = cube;
  charts.kinds.sankey = sankey;
})();
