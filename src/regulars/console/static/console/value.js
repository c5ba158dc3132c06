/* The charts of the value page: a distribution, the Pareto curve, foretold beside actual. */
(function () {
  "use strict";
  var charts = window.regularsCharts, column = charts.column;

  function text(c) { return { color: c.ink3, fontFamily: c.font, fontSize: 12 }; }
  function base(spec, c, wide, axis) {
    return {
      animation: false, grid: { left: 52, right: 16, top: 30, bottom: wide ? 28 : 66 },
      tooltip: charts.tooltip(spec, c, { trigger: "axis", axisPointer: { type: axis } }),
      xAxis: { type: "category", data: column(spec, 0), axisTick: { show: false }, axisLine: { lineStyle: { color: c.line } },
        axisLabel: Object.assign({ interval: wide ? "auto" : 1, rotate: wide ? 0 : 45, hideOverlap: true }, text(c)) },
      yAxis: { type: "value", splitLine: { lineStyle: { color: c.line } }, splitNumber: 4, axisLabel: Object.assign({ formatter: charts.write.short }, text(c)) },
    };
  }

  function heights(spec, c, wide) {
    return Object.assign(base(spec, c, wide, "shadow"), {
      series: [{ type: "bar", data: column(spec, 1), itemStyle: { color: c.accent, borderRadius: [2, 2, 0, 0] }, barCategoryGap: "12%", cursor: "pointer" }],
    });
  }

  function pareto(spec, c, wide) {
    var fifth = spec.fifth;
    var drawn = base(spec, c, wide, "line");
    drawn.yAxis.max = 1;
    drawn.yAxis.interval = 0.25;
    drawn.yAxis.axisLabel.formatter = charts.write.percent;
    drawn.series = [
      { type: "line", data: spec.evenly, showSymbol: false, silent: true, lineStyle: { color: c.ink3, width: 1, type: "dashed" }, name: spec.even },
      { type: "line", data: column(spec, 3), symbol: "circle", symbolSize: function (_value, at) { return at.dataIndex === fifth ? 9 : 0; }, lineStyle: { color: c.accent, width: 2 }, itemStyle: { color: c.accent }, areaStyle: { color: c.accent, opacity: 0.08 },
        label: { show: true, position: "bottom", distance: 10, align: "left", color: c.ink, fontFamily: c.font, fontWeight: 600, formatter: function (at) { return at.dataIndex === fifth ? spec.rows[fifth][0] + " → " + charts.write.percent(at.value) : ""; } } },
    ];
    return drawn;
  }

  function pairs(spec, c, wide) {
    var drawn = base(spec, c, wide, "shadow");
    drawn.legend = { data: [spec.columns[2].label, spec.columns[3].label], right: 0, top: 0, itemWidth: 12, itemHeight: 12, textStyle: text(c) };
    drawn.grid.bottom = 28;
    drawn.xAxis.axisLabel = text(c);
    drawn.series = [
      { type: "bar", name: spec.columns[2].label, data: column(spec, 2), itemStyle: { color: c.soft, borderRadius: [2, 2, 0, 0] } },
      { type: "bar", name: spec.columns[3].label, data: column(spec, 3), itemStyle: { color: c.accent, borderRadius: [2, 2, 0, 0] } },
    ];
    return drawn;
  }

  charts.kinds.heights = heights;
  charts.kinds.pareto = pareto;
  charts.kinds.pairs = pairs;
})();
