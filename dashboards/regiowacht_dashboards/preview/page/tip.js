/** Shows a box beside the pointer. */

import { el } from "./dom.js";

const box = el("div", { class: "tip", role: "tooltip", hidden: true });

/** @param {Node[]} content @param {number} x @param {number} y of the pointer in the window */
export function show(content, x, y) {
  if (!box.isConnected) document.body.append(box);
  box.replaceChildren(...content);
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const left = x + 16 + width > innerWidth ? x - width - 16 : x + 16;
  box.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, Math.min(y + 12, innerHeight - height - 4))}px)`;
}

export const hide = () => { box.hidden = true; };

/** @param {HTMLElement} node @param {() => Node[]} content */
export function follow(node, content) {
  node.addEventListener("pointermove", (event) => show(content(), event.clientX, event.clientY));
  node.addEventListener("pointerleave", hide);
}
