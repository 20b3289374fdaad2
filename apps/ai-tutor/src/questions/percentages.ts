import type { PercentageTask } from '../solver/task.ts';
import { amountPattern, plainNumber } from './amounts.ts';

interface Pattern {
  readonly form: PercentageTask['form'];
  readonly matcher: RegExp;
  /** Whether the amounts appear in the opposite order to the task's. */
  readonly isSwapped?: boolean;
}

const pattern = (form: PercentageTask['form'], source: string, isSwapped = false): Pattern => ({
  form,
  matcher: amountPattern(source),
  isSwapped,
});

const PATTERNS: readonly Pattern[] = [
  pattern('part', 'N % of N'),
  pattern('part', 'N का N %', true),
  pattern('rate', 'N is what % of N'),
  pattern('rate', 'N is how many % of N'),
  pattern('rate', '(?:what )?% of N is N', true),
  pattern('rate', '(?:what )?% is N of N'),
  pattern('rate', 'N out of N (?:as|in) (?:a )?%'),
  pattern('rate', 'N , N का कितना %'),
  pattern('rate', 'N का कितना % N', true),
  pattern('whole', 'N is N % of (?:what|which)(?: number)?'),
  pattern('whole', 'N % of (?:what|which)(?: number)? is N', true),
  pattern('whole', 'किस संख्या का N % N', true),
  pattern('increase', '(?:increase )?N (?:increased )?by N %'),
  pattern('increase', 'N में N % (?:की )?(?:वृद्धि|बढ़ोतरी)'),
  pattern('decrease', '(?:decrease|reduce) N by N %'),
  pattern('decrease', 'N (?:decreased|reduced) by N %'),
  pattern('decrease', 'N में N % (?:की )?कमी'),
  pattern('change', '(?:% )(?:increase|decrease|change) from N to N'),
  pattern('change', 'N से N (?:में )?% (?:वृद्धि|कमी|परिवर्तन)'),
];

const AROUND =
  /^(?:please|kindly|can you|what is|what's|find|calculate|compute|work out|determine|how much is|the value of|the|value of|\s)+(?=\S)|(?:होता है|क्या है|कितना है|कितना होगा|कितना|ज्ञात कीजिए|ज्ञात करो|ज्ञात करें|निकालिए|निकालो|बताइए|है|होगा|please|\s)+$/g;

/** Reads the percentage questions of school arithmetic; undefined for any other wording. */
export function percentageTask(text: string): PercentageTask | undefined {
  const plain = text
    .toLowerCase()
    .replace(/[?.।]+(?=\s|$)/g, ' ')
    .trim();
  const core = plain.replace(AROUND, '').replace(AROUND, '').trim();
  for (const wording of [plain, core, core.replace(/^(?:the|a|what)\s+/, '')]) {
    for (const { form, matcher, isSwapped } of PATTERNS) {
      const [, one, two] = matcher.exec(wording) ?? [];
      if (one === undefined || two === undefined) continue;
      const [first, second] = isSwapped === true ? [two, one] : [one, two];
      return { kind: 'percentage', form, first: plainNumber(first), second: plainNumber(second) };
    }
  }
  return undefined;
}
