/* Runs before the page is drawn: a reader without a set theme gets what the system prefers. */
(function () {
  "use strict";
  var root = document.documentElement, dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    if (root.dataset.theme === "auto") { root.dataset.bsTheme = dark.matches ? "dark" : "light"; }
  }
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("regulars:theme", apply);
})();
