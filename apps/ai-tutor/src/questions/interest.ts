import type { InterestTask } from '../solver/task.ts';
import { plainNumber } from './amounts.ts';

const KIND = [
  ['compound-interest', /compound(?:ed)?\s+interest|चक्रवृद्धि\s*ब्याज|\bci\b/],
  ['simple-interest', /simple\s+interest|साधारण\s*ब्याज|\bsi\b/],
] as const;

/** Questions that give the interest and ask for something else: another formula than ours. */
const REVERSED =
  /interest\s*(?:is|=|of|was)\s*(?:rs|₹|\d)|(?:find|what is|calculate)\s+(?:the\s+)?(?:principal|rate|time|sum\b)|(?:मूलधन|दर|समय)\s*(?:ज्ञात|निकाल|बता|क्या|कितन)|difference|double|अंतर|दुगुन|दोगुन/;

const NUMBER = '(\\d+(?:,\\d{2,3})*(?:\\.\\d+)?)';
const RATE = new RegExp(`(?:rate(?:\\s+of)?|@|दर)?\\s*${NUMBER}\\s*(?:%|percent|per cent|प्रतिशत|फीसदी)`);
const YEARS = new RegExp(`${NUMBER}\\s*(?:years?|yrs?|वर्षों|वर्ष|साल)`);
const MONTHS = new RegExp(`${NUMBER}\\s*(?:months?|महीनों|महीने|माह|मास)`);
const PERIODS = [
  [2, /half[\s-]*yearly|semi[\s-]*annually|half[\s-]*annually|अर्ध\s*-?वार्षिक|छमाही/],
  [4, /quarterly|तिमाही|त्रैमासिक/],
  [12, /monthly|मासिक/],
] as const;

const VOCABULARY = new Set(
  `p r t find calculate compute what is the simple compound compounded interest and amount on of a at per annum pa p for rs inr
  rupees sum in with by year years rate principal time period lent deposited invested borrowed bank annually yearly earned
  please ci si to nearest rupee when payable equals
  मूलधन दर समय ब्याज साधारण चक्रवृद्धि मिश्रधन पर की का के को से वार्षिक प्रति वर्ष साल रुपये रुपए रु ज्ञात कीजिए करो करें निकालिए लिए है क्या
  बताइए कितना होगा में तथा और राशि संयोजित हो वार्षिकी`.split(/\s+/),
);

/** Reads `Find the simple interest on Rs 5000 at 8% for 3 years` and its like; undefined for any other wording. */
export function interestTask(question: string): InterestTask | undefined {
  const text = question.toLowerCase();
  const kind = KIND.find(([, matcher]) => matcher.test(text))?.[0];
  if (kind === undefined || REVERSED.test(text)) return undefined;
  const rate = RATE.exec(text);
  const years = YEARS.exec(text);
  const months = MONTHS.exec(text);
  if (!rate || (!years && !months)) return undefined;
  const period = PERIODS.find(([, matcher]) => matcher.test(text));
  const rest = [rate[0], years?.[0], months?.[0]].reduce<string>(
    (left, part) => (part === undefined ? left : left.replace(part, ' ')),
    text,
  );
  const remaining = (period ? rest.replace(period[1], ' ') : rest).replace(/p\.?\s?a\.?(?=\s|$)/, ' ');
  const amounts = remaining.match(new RegExp(NUMBER, 'g')) ?? [];
  const [principal] = amounts;
  const words = remaining.match(/[\p{L}\p{M}]+/gu) ?? [];
  if (principal === undefined || amounts.length !== 1 || !words.every((word) => VOCABULARY.has(word)))
    return undefined;
  const duration = Number(plainNumber(years?.[1] ?? '0')) * 12 + Number(plainNumber(months?.[1] ?? '0'));
  if (!Number.isSafeInteger(duration) || duration <= 0) return undefined;
  return {
    kind,
    principal: plainNumber(principal),
    ratePercent: plainNumber(rate[1] ?? ''),
    months: duration,
    periodsPerYear: period?.[0] ?? 1,
  };
}
