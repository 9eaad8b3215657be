// MT19937, written from service/streams/mersenne_twister/SPECIFICATION.md.

export class MersenneTwister {
  #state = new Uint32Array(624);
  #place = 624;

  constructor(seed) {
    const s = this.#state;
    s[0] = seed;
    for (let j = 1; j < 624; j++) s[j] = Math.imul(1812433253, s[j - 1] ^ s[j - 1] >>> 30) + j;
  }

  word() {
    if (this.#place === 624) this.#twist();
    let y = this.#state[this.#place++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return (y ^ y >>> 18) >>> 0;
  }

  #twist() {
    const s = this.#state;
    for (let k = 0; k < 624; k++) {
      const y = s[k] & 0x80000000 | s[(k + 1) % 624] & 0x7fffffff;
      s[k] = s[(k + 397) % 624] ^ y >>> 1 ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.#place = 0;
  }
}
