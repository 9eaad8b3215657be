/** What an answer of /advise weighs: the recommendation, the alternatives, the default, and what one has. */

import { short } from "./dom.js";

/** Return the candidates of an answer, each with its role in it. */
export function candidates(answer) {
  const found = [
    { role: "recommended", ...answer.recommendation, evidence: answer.evidence },
    ...answer.alternatives.map((alternative) => ({ role: "alternative", ...alternative })),
  ];
  if (answer.framework_default) found.push({ role: `default of ${answer.framework_default.framework}`, ...answer.framework_default });
  if (answer.verdict) found.push({ role: "yours", ...answer.verdict });
  return found;
}

/** Return a scheme with its parameters, as people write it. */
export function schemeName({ initializer, parameters = {} }) {
  const said = Object.entries(parameters).map(([name, value]) => `${name}=${typeof value === "number" ? short(value) : value}`);
  return said.length ? `${initializer} (${said.join(", ")})` : initializer;
}

/**
 * Return the rows of a chart of what theory says of the candidates over their depth; none where it says nothing. The one
 * with the role `early` is the second.
 */
export function rows(answer, early = null) {
  const [best, ...others] = candidates(answer);
  return [best, ...others.filter(({ role }) => role === early), ...others.filter(({ role }) => role !== early)]
    .filter(({ evidence }) => evidence?.depth)
    .map(({ role, weights, evidence }) => ({
      name: role === "alternative" ? schemeName(weights) : `${schemeName(weights)}, ${role}`,
      forward: evidence.depth.forward,
      backward: evidence.depth.backward,
      forwardInterval: evidence.finite_width?.forward_interval,
      backwardInterval: evidence.finite_width?.backward_interval,
    }));
}
