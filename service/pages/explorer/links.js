/** Where in the explorer an address of the service is shown. */

/** Return the place of a path such as /weights/zeros?shape=4 or /propagation?depth=50. */
export function place(path) {
  const [resource, parameters = ""] = path.split("?");
  const name = resource.split("/").at(-1);
  if (name === "propagation" || name === "advise") return `#${name === "advise" ? "advice" : name}?${parameters}`;
  const kept = parameters.split("&").filter((part) => !/^(format=|stream=1$)/.test(part));
  if (!kept.some((part) => part.startsWith("seed="))) kept.push("seed=42");
  return `#tensor?${[`initializer=${name}`, ...kept].join("&")}`;
}
