// A grid of boxes is walked with the Tab key; the arrows go from box to box as in a sheet.
"use strict";

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  if (!step || !event.target.matches(".grid input")) return;
  event.preventDefault();
  const rows = event.target.closest("tbody").rows;
  let row = event.target.closest("tr").sectionRowIndex;
  let column = event.target.closest("td").cellIndex;
  do {
    row += step[0];
    column += step[1];
    const box = rows[row]?.cells[column]?.querySelector("input");
    if (box) return box.focus();
  } while (rows[row]?.cells[column]);
});
