const TEXT_LENGTH_MAX = 8_000;

/** Tags and comments. One letter needs an attribute to be a tag: `a <b and c> d` is mathematics. */
const HTML =
  /<!--[\s\S]*?(?:-->|$)|<\/?[a-z][a-z0-9]+(?:[\s/][^<>]*)?(?:>|$)|<[a-z][\s/][^<>]*=[^<>]*(?:>|$)|<\/[a-z]\s*>/gi;

/** Takes images, links, bare addresses and HTML out of what a model wrote: it may have been told to plant them. */
export function cleanText(text: string): string {
  return text
    .slice(0, TEXT_LENGTH_MAX)
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?/g, '')
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/^\s*\[[^\]]+\]:.*$/gm, '')
    .replace(HTML, '')
    .replace(/\b(?:https?|ftp|data|javascript):\S+/gi, '');
}

/** Cleans a text while it comes in: gives out whole lines only, for a link that is cut in two is not seen. */
export class TextCleaner {
  #pending = '';
  #length = 0;

  /** The cleaned lines that are complete now; empty when none is. */
  push(delta: string): string {
    this.#length += delta.length;
    if (this.#length > TEXT_LENGTH_MAX) return '';
    this.#pending += delta;
    const end = this.#pending.lastIndexOf('\n') + 1;
    const lines = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    return cleanText(lines);
  }

  /** What is left at the end. */
  flush(): string {
    const rest = cleanText(this.#pending);
    this.#pending = '';
    return rest;
  }
}
