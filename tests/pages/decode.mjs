/** Prints what the explorer reads from bytes of a dtype; numbers that JSON has not as texts. */

import { readFileSync } from "node:fs";
import { decode } from "../../service/pages/explorer/decode.js";

const bytes = readFileSync(0);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
console.log(JSON.stringify(Array.from(decode(buffer, process.argv[2]), (value) => (Number.isFinite(value) ? value : String(value)))));
