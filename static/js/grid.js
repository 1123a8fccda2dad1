// A grid of boxes is walked with the Tab key; the arrows go from box to box as in a sheet. Space turns a box; a letter or
// sign that means a shift in a pasted sheet marks it, one that means none clears it, and both go on to the next day.
"use strict";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function walk(from, [down, right]) {
  const rows = from.closest("tbody").rows;
  let row = from.closest("tr").sectionRowIndex;
  let column = from.closest("td").cellIndex;
  do {
    row += down;
    column += right;
    const box = rows[row]?.cells[column]?.querySelector("input");
    if (box) return box.focus();
  } while (rows[row]?.cells[column]);
}

document.addEventListener("keydown", (event) => {
  if (!event.target.matches(".grid td input") || event.ctrlKey || event.metaKey || event.altKey) return;
  const { worked, notWorked } = event.target.closest(".grid").dataset;
  const key = event.key.toLowerCase();
  const marks = key.length === 1 && worked.includes(key);
  const clears = (key.length === 1 && notWorked.includes(key)) || key === "delete" || key === "backspace";
  if (key === " " || !(STEPS[event.key] || marks || clears)) return;
  event.preventDefault();
  if (marks || clears) event.target.checked = marks;
  walk(event.target, STEPS[event.key] ?? STEPS.ArrowRight);
});
