/* The look-alike pages: the slider counts as it moves, and touching a field chooses its seed. */
(function () {
  "use strict";

  function moved(input) {
    var form = input.closest("[data-slider]");
    var found = JSON.parse(document.getElementById(form.dataset.slider).textContent);
    var members = found.counts[+input.value] || 0;
    form.querySelector("[data-similarity]").textContent = input.value;
    form.querySelector("[data-count]").textContent = members.toLocaleString("en-US");
    form.querySelector("[data-behind]").href = found.address + "&alike_min=" + input.value;
  }
  function chosen(field) {
    var radio = field.closest("fieldset").querySelector("input[type=radio]");
    if (radio) { radio.checked = true; }
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("[data-slider] input[type=range]")) { moved(event.target); }
    if (event.target.matches("[data-seeds] fieldset :not([type=radio])")) { chosen(event.target); }
  });
})();
