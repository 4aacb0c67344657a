// The areas of a photo: added, moved, enlarged and removed by mouse, touch and keyboard.
"use strict";

const editor = document.querySelector(".editor");

if (editor) {
  const picture = editor.querySelector(".picture");
  const areas = editor.querySelector(".areas");
  const range = editor.querySelector("input[type=range]");
  const saved = editor.querySelector(".saved");
  const wide = Number(editor.dataset.width), high = Number(editor.dataset.height);
  const least = Math.max(8, Math.round(Math.min(wide, high) / 100));
  let chosen = null;

  const read = (area) => ({
    x: Number(area.dataset.x), y: Number(area.dataset.y),
    w: Number(area.dataset.w), h: Number(area.dataset.h),
  });

  function lay(area) {
    const { x, y, w, h } = read(area);
    Object.assign(area.style, {
      left: `${100 * x / wide}%`, top: `${100 * y / high}%`,
      width: `${100 * w / wide}%`, height: `${100 * h / high}%`,
    });
    cut(area);
  }

  // What lies right of the line is shown as on the copy, what lies left of it as it was.
  function cut(area) {
    const { x, w } = read(area);
    const from = (Number(range.value) / 100 * wide - x) / w;
    area.style.setProperty("--from", `${100 * Math.min(1, Math.max(0, from))}%`);
  }

  function name() {
    [...areas.children].forEach((area, at) => {
      const place = area.dataset.place || editor.dataset.own;
      area.setAttribute("aria-label",
        editor.dataset.zone.replace("{number}", at + 1).replace("{place}", place));
    });
  }

  function change(area, to) {
    const was = read(area), next = { ...was, ...to };
    next.w = Math.min(wide, Math.max(least, next.w));
    next.h = Math.min(high, Math.max(least, next.h));
    next.x = Math.min(wide - next.w, Math.max(0, next.x));
    next.y = Math.min(high - next.h, Math.max(0, next.y));
    if (Object.keys(was).some((key) => was[key] !== next[key])) delete area.dataset.spot;
    Object.assign(area.dataset, next);
    saved.replaceChildren();
    lay(area);
  }

  function add(box) {
    const area = document.createElement("button");
    area.type = "button";
    area.className = "area";
    Object.assign(area.dataset, box);
    areas.append(area);
    change(area, box);
    name();
    area.focus();
    chosen = area;
    return area;
  }

  function remove(area) {
    const next = area.nextElementSibling || area.previousElementSibling;
    area.remove();
    saved.replaceChildren();
    name();
    chosen = next;
    (next || editor.querySelector("[data-deed=add]")).focus();
  }

  function at(event) {
    const edge = picture.getBoundingClientRect();
    return {
      x: (event.clientX - edge.left) / edge.width * wide,
      y: (event.clientY - edge.top) / edge.height * high,
    };
  }

  picture.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    const start = at(event);
    let area = event.target.closest(".area"), grip = false;
    if (area) {
      const edge = area.getBoundingClientRect();
      grip = event.clientX > edge.right - 16 && event.clientY > edge.bottom - 16;
      area.focus();
      chosen = area;
    }
    const was = area ? read(area) : null;
    picture.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const now = at(moved), dx = now.x - start.x, dy = now.y - start.y;
      if (area && was && grip) change(area, { w: was.w + dx, h: was.h + dy });
      else if (area && was) change(area, { x: was.x + dx, y: was.y + dy });
      else {
        const box = {
          x: Math.min(start.x, now.x), y: Math.min(start.y, now.y),
          w: Math.abs(dx), h: Math.abs(dy),
        };
        if (!area && box.w > least && box.h > least) area = add(box);
        else if (area) change(area, box);
      }
    };
    const end = () => {
      picture.removeEventListener("pointermove", move);
      picture.removeEventListener("pointerup", end);
      picture.removeEventListener("pointercancel", end);
    };
    picture.addEventListener("pointermove", move);
    picture.addEventListener("pointerup", end);
    picture.addEventListener("pointercancel", end);
  });

  areas.addEventListener("focusin", (event) => { chosen = event.target.closest(".area"); });
  areas.addEventListener("keydown", (event) => {
    const area = event.target.closest(".area");
    if (!area) return;
    const step = Math.max(1, Math.round(wide / (event.ctrlKey ? 400 : 80)));
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in ways) {
      const [dx, dy] = ways[event.key].map((way) => way * step), { x, y, w, h } = read(area);
      change(area, event.shiftKey ? { w: w + dx, h: h + dy } : { x: x + dx, y: y + dy });
      event.preventDefault();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      remove(area);
      event.preventDefault();
    }
  });

  range.addEventListener("input", () => [...areas.children].forEach(cut));

  async function save(button) {
    button.disabled = true;
    const boxes = [...areas.children].map((area) => ({
      ...read(area), ...(area.dataset.spot === undefined ? {} : { spot: Number(area.dataset.spot) }),
    }));
    try {
      const body = new URLSearchParams({ form: editor.dataset.form, boxes: JSON.stringify(boxes) });
      const answer = await fetch(editor.dataset.save, { method: "POST", body });
      if (!answer.ok) return;
      saved.textContent = (await answer.json()).said;
      const link = document.createElement("a");
      link.href = editor.dataset.take;
      link.download = "";
      document.body.append(link);
      link.click();
      link.remove();
    } finally { button.disabled = false; }
  }

  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-deed]");
    if (!button) return;
    if (button.dataset.deed === "add") {
      add({ x: wide * .4, y: high * .4, w: wide * .2, h: high * .2 });
    } else if (button.dataset.deed === "delete") {
      const area = chosen && areas.contains(chosen) ? chosen : areas.lastElementChild;
      if (area) remove(area);
    } else save(button);
  });

  [...areas.children].forEach(lay);
  name();
}
