/** Elements of HTML and SVG, made of names, attributes and children. */

const SVG = "http://www.w3.org/2000/svg";

/** Return an element; an attribute that is false, null or undefined is left out, and one called on… listens. */
export function element(name, attributes = {}, ...children) {
  return made(document.createElement(name), attributes, children);
}

/** Return an element of SVG. */
export function svg(name, attributes = {}, ...children) {
  return made(document.createElementNS(SVG, name), attributes, children);
}

function made(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...present(children));
  return node;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
}

/** Put children, in lists or not, in the place of what a node has. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
}

/** Return a table with a caption for those who hear it; a cell that is a number stands on the right. */
export function table(caption, head, rows) {
  const cell = (name, scope) => (value) =>
    element(name, { scope, class: typeof value === "number" ? "number" : null }, typeof value === "number" ? short(value) : value);
  return element(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    element(
      "table",
      {},
      element("caption", { class: "visually-hidden" }, caption),
      element("thead", {}, element("tr", {}, head.map(cell("th", "col")))),
      element("tbody", {}, rows.map((row) => element("tr", {}, row.map(cell("td"))))),
    ),
  );
}

/** Return a list of names and what they are; those without a value are left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return element("dl", { class: "facts" }, known.map(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

/** Return a number with four digits, as people read it. */
export function short(number) {
  if (number === 0 || !Number.isFinite(number)) return String(number);
  const size = Math.abs(number);
  if (Number.isInteger(number) && size < 1e9) return number.toLocaleString("en");
  return size >= 1e-3 && size < 1e6 ? String(Number(number.toPrecision(4))) : number.toExponential(2);
}

/** Return a count of bytes as people read it. */
export function bytes(count) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let power = 0;
  while (count >= 1000 && power < units.length - 1) {
    count /= 1000;
    power += 1;
  }
  return `${power ? count.toPrecision(3) : count} ${units[power]}`;
}

/** Return a command with a button that copies it. */
export function command(text) {
  const said = element("span", { role: "status", class: "quiet" });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without a secure context there is no clipboard but the selection's.
      getSelection().selectAllChildren(shown);
      document.execCommand("copy");
    }
    said.textContent = "Copied";
    setTimeout(() => (said.textContent = ""), 2000);
  };
  const shown = element("pre", {}, element("code", {}, text));
  return element("div", { class: "command" }, shown, element("button", { type: "button", onclick: copy }, "Copy"), said);
}

/** Return what calls `action` once it has not been called for `wait` milliseconds. */
export function settled(action, wait = 250) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), wait);
  };
}
