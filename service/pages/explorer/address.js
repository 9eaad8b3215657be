/** The view and its state, which stand after the # of the URL, so that each is a link. */

/** Return what the URL says: the name of a view, and its parameters. */
export function read() {
  const [view, query = ""] = split(decodedHash());
  return { view: view || "guide", parameters: new URLSearchParams(query) };
}

function decodedHash() {
  return location.hash.slice(1);
}

function split(text) {
  const place = text.indexOf("?");
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

/** Say in the URL what a view shows, without a step in the history for each letter that is typed. */
export function write(view, values) {
  const text = query(values);
  history.replaceState(null, "", `#${view}${text ? `?${text}` : ""}`);
}

/** Return values as a query that people can read: what need not be escaped is not. */
export function query(values) {
  return Object.entries(values)
    .filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${escaped(String(value))}`)
    .join("&");
}

function escaped(text) {
  return encodeURIComponent(text).replace(/%(2C|3A|2F|40|28|29)/g, (code) => decodeURIComponent(code));
}
