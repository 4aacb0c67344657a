// The desk by keyboard: j and k walk the lines, Enter opens, / searches, ? helps.
// Without this file the page works all the same.
(() => {
  "use strict";
  const KEPT = "vigie-keys";
  const help = document.getElementById("help");
  const opens = document.getElementById("help-opens");
  const on = document.getElementById("keys-on");
  const read = () => { try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; } };
  on.checked = read();
  on.addEventListener("change", () => { try { localStorage.setItem(KEPT, on.checked ? "on" : "off"); } catch { /* private window */ } });
  opens.hidden = false;
  opens.addEventListener("click", () => help.showModal());

  const walk = (step) => {
    const buttons = [...document.querySelectorAll("#today .lines .button")];
    if (!buttons.length) return;
    const at = buttons.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : buttons.length - 1) : Math.min(Math.max(at + step, 0), buttons.length - 1);
    buttons[next].focus();
    buttons[next].closest("li").scrollIntoView({ block: "nearest" });
  };
  const keys = {
    j: () => walk(1),
    k: () => walk(-1),
    "/": () => document.getElementById("q").focus(),
    "?": () => help.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.activeElement.id === "q") { document.activeElement.blur(); return; }
    if (!on.checked || help.open || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
})();
