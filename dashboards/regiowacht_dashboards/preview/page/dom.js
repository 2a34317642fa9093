/** Makes elements; text always as text, so that no label is ever read as HTML. */

/** @typedef {Record<string, any>} Attributes `class`, `css` (custom or plain properties), `on` (listeners), else an attribute */

/** @param {Element} node @param {Attributes} attributes @param {(Node | string | null | undefined | false)[]} children */
function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "css") for (const [key, one] of Object.entries(value)) /** @type {any} */ (node).style.setProperty(key, String(one));
    else if (name === "on") for (const [key, one] of Object.entries(value)) node.addEventListener(key, one);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(.../** @type {(Node | string)[]} */ (children.filter((child) => child !== null && child !== undefined && child !== false)));
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  return /** @type {HTMLElementTagNameMap[T]} */ (fill(document.createElement(tag), attributes, children));
}

/** @param {string} tag @param {Attributes} [attributes] @param {...Node} children */
export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

/** Icons as paths in a box of 16 by 16. */
const ICONS = {
  info: "M8 7.2v4M8 4.6v.2M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z",
  warning: "M8 6.2v3.2M8 11.4v.2M7 2.6 1.7 12a1.2 1.2 0 0 0 1 1.8h10.6a1.2 1.2 0 0 0 1-1.8L9 2.6a1.2 1.2 0 0 0-2 0Z",
  clock: "M8 4.4V8l2.3 1.5M14.2 8A6.2 6.2 0 1 1 1.8 8a6.2 6.2 0 0 1 12.4 0Z",
  refresh: "M13.6 2.6v3.6H10M13.4 6A5.8 5.8 0 1 0 13.8 9",
  theme: "M8 1.8a6.2 6.2 0 1 0 0 12.4V1.8Zm0 0a6.2 6.2 0 0 1 0 12.4",
  down: "M4.2 6.4 8 10.2l3.8-3.8",
  link: "M9.6 2.4h4v4M13.4 2.6 7.4 8.6M6.4 3.4H3.6a1.2 1.2 0 0 0-1.2 1.2v7.8a1.2 1.2 0 0 0 1.2 1.2h7.8a1.2 1.2 0 0 0 1.2-1.2V9.6",
};

/** @param {keyof typeof ICONS} name */
export const icon = (name) => svg("svg", { viewBox: "0 0 16 16", class: "icon", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

/** What opens at a click and closes at a click elsewhere, at Escape, or by the function it is given.
 * @param {Attributes} attributes @param {(Node | string)[]} label @param {(close: () => void) => Node[]} content */
export function menu(attributes, label, content) {
  const box = el("div", { class: "menu-box" });
  const node = el("details", { ...attributes, class: `menu ${attributes.class ?? ""}` }, el("summary", { title: attributes.title }, ...label, icon("down")), box);
  const close = () => { node.open = false; };
  node.addEventListener("toggle", () => {
    if (!node.open) return;
    box.replaceChildren(...content(close));
    box.classList.toggle("flip", node.getBoundingClientRect().left > innerWidth / 2);
    const outside = (/** @type {Event} */ event) => {
      const escaped = event instanceof KeyboardEvent && event.key === "Escape";
      if (escaped || (event.type === "pointerdown" && !node.contains(/** @type {Node} */ (event.target)))) close();
      if (escaped) node.querySelector("summary")?.focus();
      if (!node.open) for (const type of ["pointerdown", "keydown"]) document.removeEventListener(type, outside);
    };
    for (const type of ["pointerdown", "keydown"]) document.addEventListener(type, outside);
  });
  return node;
}
