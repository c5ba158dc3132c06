/* Draws the charts of a page from the data beside them, and exports each as PNG or CSV.
   A chart is an element with data-chart=<id of its JSON>; the JSON holds kind, columns, rows, links. */
(function () {
  "use strict";
  var drawn = new Map();

  function ink(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  function inks() {
    return {
      accent: ink("--accent"), soft: ink("--accent-soft"), wash: ink("--accent-wash"), ink: ink("--ink"), ink2: ink("--ink-2"),
      ink3: ink("--ink-3"), line: ink("--line"), sheet: ink("--sheet"), warn: ink("--warn"), font: getComputedStyle(document.body).fontFamily,
    };
  }
  function read(id) {
    var element = document.getElementById(id);
    return element ? JSON.parse(element.textContent) : null;
  }
  function chinese() { return document.documentElement.lang.toLowerCase().indexOf("zh") === 0; }

  var write = {
    count: function (value) { return value === null ? "–" : Math.round(value).toLocaleString("en-US"); },
    money: function (value, spec) { return value === null ? "–" : (value < 0 ? "−" : "") + spec.symbol + Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 }); },
    percent: function (value) { return value === null ? "–" : (value * 100).toFixed(1) + "%"; },
    text: function (value) { return value; },
    short: function (value) {
      if (chinese() && value >= 10000) { return +(value / 10000).toFixed(1) + "万"; }
      if (!chinese() && value >= 1000) { return +(value / 1000).toFixed(1) + "k"; }
      return String(value);
    },
  };

  // A tooltip is an element, not markup: inline styles in markup would break the page's policy.
  function tip(spec, row) {
    var box = document.createElement("div");
    box.className = "chart-tip";
    var head = document.createElement("b");
    head.textContent = row[0];
    box.appendChild(head);
    spec.columns.slice(1).forEach(function (column, index) {
      var line = document.createElement("div"), name = document.createElement("span"), value = document.createElement("b");
      line.className = "chart-tip-row";
      name.textContent = column.label;
      value.textContent = write[column.type](row[index + 1], spec);
      line.appendChild(name); line.appendChild(value); box.appendChild(line);
    });
    return box;
  }
  function tooltip(spec, c, more) {
    return Object.assign({
      confine: true, backgroundColor: c.sheet, borderColor: c.line, borderWidth: 1, padding: [8, 12], textStyle: { color: c.ink, fontFamily: c.font, fontSize: 13 },
      formatter: function (at) { return tip(spec, spec.rows[(Array.isArray(at) ? at[0] : at).dataIndex]); },
    }, more || {});
  }
  function column(spec, index) { return spec.rows.map(function (row) { return row[index]; }); }

  function spark(spec, c) {
    return {
      grid: { left: 2, right: 4, top: 6, bottom: 4 }, animation: false,
      xAxis: { type: "category", show: false, boundaryGap: false, data: column(spec, 0) },
      yAxis: { type: "value", show: false, scale: true },
      series: [{ type: "line", data: column(spec, 1), symbol: "circle", symbolSize: function (_v, at) { return at.dataIndex === spec.rows.length - 1 ? 6 : 0; },
        lineStyle: { color: c.accent, width: 1.75 }, itemStyle: { color: c.accent }, areaStyle: { color: c.accent, opacity: 0.08 }, silent: true }],
    };
  }

  function weeks(spec, c, wide) {
    var text = { color: c.ink3, fontFamily: c.font, fontSize: 12 };
    function axis(name, position) {
      return { type: "value", name: name, position: position, nameTextStyle: Object.assign({}, text, { align: position === "left" ? "left" : "right", padding: position === "left" ? [0, 0, 0, -34] : [0, -34, 0, 0] }),
        axisLabel: Object.assign({ formatter: write.short }, text), splitLine: { show: position === "left", lineStyle: { color: c.line } }, splitNumber: 4 };
    }
    return {
      textStyle: { fontFamily: c.font }, animation: false, tooltip: tooltip(spec, c, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: c.ink3, opacity: 0.08 } } }),
      grid: { left: 46, right: 46, top: 34, bottom: 26 },
      xAxis: { type: "category", data: column(spec, 0), axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } },
        axisLabel: Object.assign({ interval: wide ? 6 : 12, formatter: function (day) { return day.slice(5); } }, text) },
      yAxis: [axis(spec.columns[1].label, "left"), axis(spec.columns[2].label, "right")],
      series: [
        { type: "bar", data: column(spec, 1), itemStyle: { color: c.soft, borderRadius: [2, 2, 0, 0] }, emphasis: { itemStyle: { color: c.accent } }, barCategoryGap: "25%", cursor: "pointer" },
        { type: "line", yAxisIndex: 1, data: column(spec, 2), showSymbol: false, lineStyle: { color: c.accent, width: 2 }, itemStyle: { color: c.accent }, cursor: "pointer" },
      ],
    };
  }

  function hours(spec, c, wide) {
    var text = { color: c.ink3, fontFamily: c.font, fontSize: 12 };
    var most = Math.max.apply(null, column(spec, 3).concat([1]));
    return {
      animation: false, grid: { left: chinese() ? 28 : 36, right: 6, top: 4, bottom: 24 },
      tooltip: tooltip(spec, c, { formatter: function (at) { var row = spec.rows[at.dataIndex]; return tip({ columns: [spec.columns[0], spec.columns[3], spec.columns[4]], symbol: spec.symbol }, [row[0], row[3], row[4]]); } }),
      xAxis: { type: "category", data: spec.hours, axisTick: { show: false }, axisLine: { show: false }, splitArea: { show: false }, axisLabel: Object.assign({ interval: wide ? 2 : 5 }, text) },
      yAxis: { type: "category", data: spec.days, inverse: true, axisTick: { show: false }, axisLine: { show: false }, axisLabel: text },
      visualMap: { show: false, min: 0, max: most, dimension: 2, inRange: { color: [c.wash, c.soft, c.accent] } },
      series: [{ type: "heatmap", data: spec.rows.map(function (row) { return [row[2], row[1], row[3]]; }), itemStyle: { borderColor: c.sheet, borderWidth: 2, borderRadius: 3 }, emphasis: { itemStyle: { borderColor: c.accent } }, cursor: "pointer" }],
    };
  }

  /* Squarified treemap (Bruls, Huizing, van Wijk 2000): rows of cells as square as they can be. */
  function squarify(values, x, y, w, h) {
    var cells = [], total = values.reduce(function (sum, value) { return sum + value; }, 0), rest = values.slice();
    if (!total) { return cells; }
    var scale = w * h / total;
    function worst(row, side) {
      var sum = row.reduce(function (a, b) { return a + b; }, 0), most = Math.max.apply(null, row), least = Math.min.apply(null, row);
      return Math.max(side * side * most / (sum * sum), sum * sum / (side * side * least));
    }
    while (rest.length) {
      var side = Math.min(w, h), row = [rest[0] * scale], used = 1;
      while (used < rest.length && worst(row.concat([rest[used] * scale]), side) <= worst(row, side)) { row.push(rest[used] * scale); used += 1; }
      var sum = row.reduce(function (a, b) { return a + b; }, 0), thick = sum / side, at = 0;
      row.forEach(function (area) {
        var long = area / thick;
        cells.push(w >= h ? { x: x, y: y + at, w: thick, h: long } : { x: x + at, y: y, w: long, h: thick });
        at += long;
      });
      if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
      rest = rest.slice(used);
    }
    return cells;
  }
  function mix(from, to, share) {
    function parts(hex) { return [1, 3, 5].map(function (at) { return parseInt(hex.substr(at, 2), 16); }); }
    var a = parts(from), b = parts(to);
    return "#" + a.map(function (v, i) { return Math.round(v + (b[i] - v) * share).toString(16).padStart(2, "0"); }).join("");
  }
  function luminance(hex) {
    var rgb = [1, 3, 5].map(function (at) { var v = parseInt(hex.substr(at, 2), 16) / 255; return v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4); });
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  }

  // Cells too small for their words are named outside, in the order of their places, so that no
  // two leader lines cross.
  function placed(spec, c, wide, width, height) {
    var bold = "600 13px " + c.font, small = [], cells = [], outside = 0, below = 0;
    function lay() {
      small = [];
      cells = squarify(column(spec, 1), 0, 0, width - outside, height - below);
      cells.forEach(function (cell, index) {
        cell.name = spec.rows[index][0]; cell.numbers = spec.short[index];
        cell.inside = cell.w >= Math.max(measure(cell.name, bold), measure(cell.numbers, bold)) + 12 && cell.h >= 46;
        cell.cx = cell.x + cell.w / 2; cell.cy = cell.y + cell.h / 2;
        if (!cell.inside) { small.push(cell); }
      });
    }
    lay();
    if (small.length) { outside = wide ? 150 : 0; below = wide ? 0 : 150; lay(); }
    if (wide) {
      small.sort(function (a, b) { return a.cy - b.cy || a.cx - b.cx; });
      var limit = height - 18;
      for (var at = small.length - 1; at >= 0; at -= 1) {
        small[at].lx = width - outside + 22; small[at].ly = Math.min(small[at].cy, limit);
        limit = small[at].ly - 42;
      }
    } else {
      small.sort(function (a, b) { return a.cx - b.cx; });
      small.forEach(function (cell, index) { cell.mark = String(index + 1); cell.lx = 2 + (index % 2) * (width / 2); cell.ly = height - below + 36 + Math.floor(index / 2) * 42; });
    }
    return cells;
  }

  function groups(spec, c, wide, width, height) {
    var cells = placed(spec, c, wide, width, height), gap = 2;
    var rates = column(spec, 3).filter(function (rate) { return rate !== null; });
    var low = Math.min.apply(null, rates.concat([1])), high = Math.max.apply(null, rates.concat([0]));
    return {
      animation: false, tooltip: tooltip(spec, c),
      series: [{
        type: "custom", coordinateSystem: "none", data: spec.rows.map(function (row) { return row[1]; }), cursor: "pointer",
        renderItem: function (at) {
          var rate = spec.rows[at.dataIndex][3], cell = cells[at.dataIndex];
          if (!cell) { return null; }
          var share = rate === null ? 0 : high > low ? (rate - low) / (high - low) : 0.5;
          var fill = mix(c.wash, c.accent, 0.1 + 0.9 * share), text = luminance(fill) > 0.22 ? "#12201f" : "#ffffff";
          var group = { type: "group", children: [{ type: "rect", shape: { x: cell.x + gap / 2, y: cell.y + gap / 2, width: Math.max(cell.w - gap, 1), height: Math.max(cell.h - gap, 1), r: 3 }, style: { fill: fill } }] };
          if (cell.inside) {
            group.children.push({ type: "text", style: { x: cell.cx, y: cell.cy, text: cell.name + "\n" + cell.numbers, fill: text, align: "center", verticalAlign: "middle", font: "600 13px " + c.font, lineHeight: 19 } });
          } else {
            // On a phone lines would run through the names: numbers tell which is which.
            group.children.push(wide
              ? { type: "polyline", z2: 20, shape: { points: [[cell.x + cell.w - 3, cell.cy], [cell.lx - 14, cell.ly], [cell.lx - 5, cell.ly]] }, style: { stroke: c.ink3, lineWidth: 1, fill: "none" }, silent: true }
              : { type: "text", z2: 20, style: { x: cell.cx, y: cell.cy, text: cell.mark, fill: text, align: "center", verticalAlign: "middle", font: "600 11px " + c.font } });
            group.children.push({ type: "text", z2: 21, style: { x: cell.lx, y: cell.ly, text: (cell.mark ? cell.mark + "  " : "") + cell.name + "\n" + cell.numbers, fill: c.ink2, align: "left", verticalAlign: "middle", font: "12px " + c.font, lineHeight: 16 } });
          }
          return group;
        },
      }],
    };
  }
  var ruler = document.createElement("canvas").getContext("2d");
  function measure(text, font) { ruler.font = font; return ruler.measureText(text).width; }

  // Rankings are rows of the page; as a picture they are drawn only when somebody saves one.
  function bars(spec, c) {
    var text = { color: c.ink2, fontFamily: c.font, fontSize: 12 };
    return {
      animation: false, grid: { left: 150, right: 100, top: 10, bottom: 10 },
      xAxis: { type: "value", show: false }, yAxis: { type: "category", inverse: true, data: column(spec, 0), axisTick: { show: false }, axisLine: { show: false }, axisLabel: Object.assign({ width: 138, overflow: "truncate" }, text) },
      series: [{ type: "bar", data: column(spec, 1), itemStyle: { color: c.accent }, barMaxWidth: 14, label: Object.assign({ show: true, position: "right", formatter: function (at) { return write[spec.columns[1].type](at.value, spec); } }, text) }],
    };
  }

  function day(spec, c) {
    var text = { color: c.ink3, fontFamily: c.font, fontSize: 12 };
    return {
      animation: false, grid: { left: 6, right: 6, top: 10, bottom: 22 }, tooltip: tooltip(spec, c, { trigger: "axis", axisPointer: { type: "none" } }),
      xAxis: { type: "category", data: column(spec, 0), axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } }, axisLabel: Object.assign({ interval: 3 }, text) },
      yAxis: { type: "value", show: false },
      series: [{ type: "bar", data: column(spec, 1), itemStyle: { color: c.accent, borderRadius: [2, 2, 0, 0] }, barCategoryGap: "25%" }],
    };
  }

  var kinds = { day: day, spark: spark, weeks: weeks, hours: hours, groups: groups, bars: bars };
  // Other files add their kinds, and draw with the same pens.
  window.regularsCharts = { kinds: kinds, write: write, tip: tip, tooltip: tooltip, column: column, mix: mix, luminance: luminance, chinese: chinese };

  function draw(element) {
    var spec = read(element.dataset.chart);
    if (!spec || !window.echarts || !element.clientWidth) { return; }
    var chart = window.echarts.getInstanceByDom(element) || window.echarts.init(element, null, { renderer: "canvas" });
    chart.setOption(kinds[spec.kind](spec, inks(), element.clientWidth > 460, element.clientWidth, element.clientHeight), true);
    chart.off("click");
    if (spec.links) {
      chart.on("click", function (at) {
        var own = (spec.cells || [])[at.dataIndex];
        var link = at.dataType === "node" ? "" : own ? own[at.seriesIndex] : spec.links[at.dataIndex];
        if (link) { follow(link); }
      });
    }
    drawn.set(element, chart);
  }
  // The same way as a click on a link of the page: with history, so that Back comes back here.
  function follow(address) {
    var link = document.createElement("a");
    link.href = address;
    document.body.appendChild(link);
    window.htmx.process(link);
    link.click();
    link.remove();
  }
  function drawAll(root) { (root.querySelectorAll ? root : document).querySelectorAll("[data-chart]").forEach(draw); }
  function redraw() {
    drawn.forEach(function (chart, element) {
      if (!element.isConnected) { chart.dispose(); drawn.delete(element); } else { chart.resize(); draw(element); }
    });
  }

  function keep(name, blob) {
    var link = document.createElement("a"), url = URL.createObjectURL(blob);
    link.href = url; link.download = name;
    link.setAttribute("hx-boost", "false");
    document.body.appendChild(link); link.click(); link.remove();
    setTimeout(function () { URL.revokeObjectURL(url); }, 60000);
  }
  function picture(spec) {
    var c = inks(), box = document.createElement("div");
    box.className = "chart-press";
    document.body.appendChild(box);
    var chart = window.echarts.init(box, null, { renderer: "canvas", width: 900, height: spec.kind === "bars" ? Math.max(160, spec.rows.length * 34 + 30) : 420 });
    chart.setOption(Object.assign({ backgroundColor: c.sheet }, kinds[spec.kind](spec, c, true, 900, 420)));
    chart.getRenderedCanvas({ pixelRatio: 2, backgroundColor: c.sheet }).toBlob(function (blob) {
      keep(spec.file + ".png", blob);
      chart.dispose(); box.remove();
    }, "image/png");
  }
  function cell(value) {
    var text = value === null || value === undefined ? "" : String(value);
    if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) { text = "'" + text; } // a spreadsheet would run it
    return /[",\n\r]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }
  function table(spec) {
    var lines = [spec.columns.map(function (one) { return cell(one.label); }).join(",")];
    spec.rows.forEach(function (row) { lines.push(row.slice(0, spec.columns.length).map(cell).join(",")); });
    keep(spec.file + ".csv", new Blob(["\ufeff" + lines.join("\r\n") + "\r\n"], { type: "text/csv" }));
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-export]");
    if (!button) { return; }
    var spec = read(button.dataset.of);
    if (!spec) { return; }
    if (button.dataset.export === "png") { picture(spec); } else { table(spec); }
  });
  var waiting = 0;
  window.addEventListener("resize", function () { clearTimeout(waiting); waiting = setTimeout(redraw, 120); });
  document.addEventListener("regulars:theme", function () { redraw(); });
  document.addEventListener("DOMContentLoaded", function () { drawAll(document); });
  document.addEventListener("htmx:afterSettle", function (event) { redraw(); drawAll(event.target); });
})();
