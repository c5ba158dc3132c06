/* The little behaviour the frame has: menus, the drawer, the search key, downloads of charts. */
(function () {
  "use strict";

  document.addEventListener("alpine:init", function () {
    window.Alpine.data("menu", function () {
      return {
        shown: false,
        toggle: function () { this.shown = !this.shown; },
        get expanded() { return this.shown ? "true" : "false"; },
        init: function () {
          var root = this.$el, self = this;
          this.away = function (event) {
            if (event.type === "keydown" ? event.key === "Escape" : !root.contains(event.target)) { self.shown = false; }
          };
          document.addEventListener("click", this.away);
          document.addEventListener("keydown", this.away);
        },
        destroy: function () {
          document.removeEventListener("click", this.away);
          document.removeEventListener("keydown", this.away);
        },
      };
    });
    window.Alpine.data("drawer", function () {
      return {
        shown: false,
        open: function () { this.shown = true; },
        close: function () { this.shown = false; },
        get state() { return this.shown ? "drawer-open" : ""; },
      };
    });
  });

  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable;
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      var finder = document.getElementById("finder");
      if (finder) { event.preventDefault(); finder.focus(); finder.select(); }
    }
    if (event.key === "Escape") {
      var shell = document.querySelector(".drawer-open .rail-close");
      if (shell) { shell.click(); }
    }
  });

  // A boosted page brings its own language and theme on <html>, which htmx does not swap.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var text = event.detail.xhr.responseText || "", tag = text.slice(0, 400).match(/<html[^>]*>/);
    if (!tag) {
      // An error page that is not a whole page has nothing to show in a partial: load it plainly.
      return;
    }
    var lang = tag[0].match(/lang="([^"]+)"/), theme = tag[0].match(/data-theme="([^"]+)"/);
    if (lang) { document.documentElement.lang = lang[1]; }
    if (theme) {
      document.documentElement.dataset.theme = theme[1];
      document.documentElement.dataset.bsTheme = theme[1] === "dark" ? "dark" : "light";
      document.dispatchEvent(new Event("regulars:theme"));
    }
    // 403, 404 and 500 answers are whole pages and teach: show them instead of nothing.
    if (event.detail.xhr.status >= 400) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = document.body;
    }
  });
  document.addEventListener("htmx:beforeRequest", function () { document.documentElement.classList.add("busy"); });
  document.addEventListener("htmx:afterRequest", function () { document.documentElement.classList.remove("busy"); });

  // Filter forms: empty fields stay out of the address.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.elt.closest && event.detail.elt.closest("[data-tidy]")) {
      var parameters = event.detail.parameters;
      Object.keys(parameters).forEach(function (name) {
        if (parameters[name] === "") { delete parameters[name]; }
      });
    }
  });

  // A choice that asks for another page at once.
  document.addEventListener("change", function (event) {
    if (event.target.matches("select[data-submit]")) { event.target.form.requestSubmit(); }
  });

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) { return; }
    var shown = document.getElementById(button.dataset.copy), said = button.querySelector("span");
    function done() { said.textContent = button.dataset.done; }
    // Without a secure connection browsers keep the clipboard shut: mark the text instead.
    function mark() { window.getSelection().selectAllChildren(shown); }
    if (!navigator.clipboard) { mark(); return; }
    navigator.clipboard.writeText(shown.textContent).then(done, mark);
  });

  document.addEventListener("click", function (event) {
    var link = event.target.closest("tr[data-href] td");
    if (!link || event.target.closest("a, button, input, summary, label")) { return; }
    if (String(window.getSelection())) { return; }
    var anchor = link.parentElement.querySelector("a");
    if (anchor) { anchor.click(); }
  });
})();
