// Dropping, pasting, waiting and copying. Every page works without this file, a little slower.
"use strict";

const show = document.querySelector("form.show");

function submitFile(file) {
  const bag = new DataTransfer();
  bag.items.add(file);
  show.querySelector("input[type=file]").files = bag.files;
  show.requestSubmit();
}

if (show) {
  const input = show.querySelector("input[type=file]");
  input.addEventListener("change", () => { if (input.files.length) show.requestSubmit(); });
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (event) => { event.preventDefault(); show.classList.add("dropping"); });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    show.classList.remove("dropping");
    const [file] = event.dataTransfer.files;
    if (file) submitFile(file);
    else if (event.dataTransfer.getData("text/plain")) {
      show.elements.text.value = event.dataTransfer.getData("text/plain");
      show.elements.text.focus();
    }
  });
  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData.files;
    if (file) { event.preventDefault(); submitFile(file); }
    else if (event.target !== show.elements.text) {
      show.elements.text.value = event.clipboardData.getData("text/plain");
      show.elements.text.focus();
    }
  });
}

const waiting = document.querySelector("[data-state]");

async function ask() {
  try {
    const answer = await fetch(waiting.dataset.state);
    if (!answer.ok) return location.reload();
    const state = await answer.json();
    if (waiting.dataset.until === "looked" ? state.looked : !state.copying) return location.reload();
    const bar = waiting.querySelector("progress");
    if (state.pages) {
      bar.max = state.pages;
      bar.value = state.done;
      waiting.querySelector(".pages").textContent =
        waiting.dataset.page.replace("{done}", state.done).replace("{pages}", state.pages);
    }
  } catch { /* the agent restarts, perhaps: ask again */ }
  setTimeout(ask, 400);
}

if (waiting) setTimeout(ask, 300);

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try { await navigator.clipboard.writeText(field.value); } catch { document.execCommand("copy"); }
    button.textContent = button.dataset.done;
  });
}
