/** What an answer of /advise weighs: the recommendation, the alternatives, the default, and what one has. */

import { short } from "./dom.js";

/** Return the candidates of an answer, each with its role in it. */
export function candidates(answer) {
  const found = [
    { role: "recommended", ...answer.recommendation, evidence: answer.evidence },
    ...answer.alternatives.map((alternative) => ({ role: "alternative", ...alternative })),
  ];
  const { framework_default: usual, verdict: own } = answer;
  const isOne = hasDefault(answer);
  if (usual && !isOne) found.push({ role: `default of ${usual.framework}`, ...usual });
  if (own) found.push({ role: isOne ? `yours, the default of ${usual.framework}` : "yours", ...own });
  return found;
}

/** Whether what one has is the framework's default. */
export function hasDefault({ framework_default: usual, verdict: own }) {
  return Boolean(usual && own && usual.weights && usual.weights.href === own.weights?.href);
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
