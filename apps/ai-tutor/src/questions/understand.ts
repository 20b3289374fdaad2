import { canonical, canonicalKey } from '../expressions/canonical.ts';
import {
  isApplication,
  isCall,
  isRelation,
  operand,
  operandsOf,
  variablesOf,
} from '../expressions/expression.ts';
import type { Application, Expression } from '../expressions/expression.ts';
import { TooLargeError } from '../expressions/fraction.ts';
import { toPlainSigns } from '../expressions/notation.ts';
import { parseExpression } from '../expressions/parser.ts';
import { UnreadableError } from '../expressions/tokens.ts';
import type { Language, Task } from '../solver/task.ts';
import { readCalculus } from './calculus.ts';
import type { CalculusReading } from './calculus.ts';
import { fragmentsOf } from './fragments.ts';
import type { Fragments } from './fragments.ts';
import { interestTask } from './interest.ts';
import { percentageTask } from './percentages.ts';
import { intentOf, isFiller } from './vocabulary.ts';
import type { Intent } from './vocabulary.ts';

const HCF =
  /h\.c\.f\.?|g\.c\.d\.?|(?:highest|greatest)\s+common\s+(?:factor|divisor)|म\.?\s?स\.?\s?(?:प\.?)?(?=\s)|महत्तम\s+समापवर्तक/gi;
const LCM =
  /l\.c\.m\.?|(?:least|lowest)\s+common\s+multiple|ल\.?\s?स\.?\s?(?:प\.?)?(?=\s)|लघुत्तम\s+समापवर्त(?:्य|क)/gi;
const SOLVE_FOR = /\b(?:solve|find)\s+(?:it\s+)?for\s+([a-z])\b|\b([a-z])\s*के\s*लिए/i;
/** Naming a method does not change the answer. */
const METHOD =
  /\b(?:by|using)\s+(?:the\s+)?(?:method\s+of\s+)?(?:completing\s+(?:the\s+)?square|factori[sz]ation|factoring|elimination|substitution|cross[\s-]multiplication|quadratic\s+formula)(?:\s+method)?/gi;
/** `gcd(48, 36)`, as calculators write it. */
const CALLED = /\b(hcf|gcd|gcf|lcm)\(/gi;
const SPOKEN: readonly (readonly [RegExp, string])[] = [
  [/\bsquare\s+root\s+of\b/gi, ' sqrt '],
  [/\bcube\s+root\s+of\b/gi, ' cbrt '],
  [/\s+squared\b/gi, '^2'],
  [/\s+cubed\b/gi, '^3'],
  [/\bplus\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:times|multiplied\s+by)\b/gi, '*'],
  [/\bdivided\s+by\b/gi, '÷'],
  [/\b(?:is\s+)?equal(?:s|\s+to)\b/gi, '='],
];
/** The number of an exercise in front of it. */
const NUMBERING = /^\s*(?:q(?:uestion)?\s*\.?\s*)?\d{1,2}\s*[.)]\s+(?=\S)/i;
const SURROUNDINGS = /\\(?:begin|end)\s*\{(?:cases|aligned|align\*?|array)\}|&/g;
const DELIMITERS = /\$\$?|\\\(|\\\)|\\\[|\\\]|`/g;

/** The language of a question: Hindi as soon as there is Devanagari in it. */
export function languageOf(question: string): Language {
  return /\p{Script=Devanagari}/u.test(question.replace(/[०-९]/g, '')) ? 'hi' : 'en';
}

/**
 * What there is to work out in a question, or undefined when it asks for words, or in words the tutor does not fully
 * understand: half-understood mathematics would give a wrong answer.
 */
export function taskOf(question: string): Task | undefined {
  // Runs of white space would make the patterns below slow.
  const compact = question
    .normalize('NFC')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/\s*\n\s*/g, '\n');
  try {
    return readTask(
      toPlainSigns(compact)
        .replace(SURROUNDINGS, ' ')
        .replace(/\\\\/g, '\n')
        .replace(NUMBERING, '')
        .replace(DELIMITERS, ' '),
    );
  } catch (error) {
    if (error instanceof UnreadableError || error instanceof TooLargeError) return undefined;
    throw error;
  }
}

/** Equal for tasks that have the same answer, however they were asked. */
export function taskKey(task: Task): string {
  return JSON.stringify(task);
}

function readTask(text: string): Task | undefined {
  const spoken = percentageTask(text) ?? interestTask(text);
  if (spoken) return spoken;
  const reworded = SPOKEN.reduce(
    (left, [words, sign]) => left.replace(words, sign),
    text.replace(METHOD, ' ').replace(CALLED, '$1 ('),
  );
  const reading = readCalculus(reworded.replace(HCF, ' hcf ').replace(LCM, ' lcm '));
  const target = SOLVE_FOR.exec(reading.text);
  const plain = target ? reading.text.replace(target[0], ' solve ') : reading.text;
  const fragments = fragmentsOf(
    plain
      .replace(/(\d)\s+x\s+(?=\d)/gi, '$1 * ')
      .replace(/\b[fgp]\s*\(\s*[a-z]\s*\)\s*=|\by\s*=(?=.*(?:derivative|integral))/gi, ' '),
  );
  const intents = new Set(fragments.words.map(intentOf).filter((intent) => intent !== undefined));
  const isUnderstood = fragments.words.every((word) => isFiller(word) || intentOf(word) !== undefined);
  if (!isUnderstood) return undefined;
  return (
    wholeNumberTask(fragments, intents) ??
    expressionTask(fragments, intents, reading, (target?.[1] ?? target?.[2])?.toLowerCase())
  );
}

function wholeNumberTask({ maths, words }: Fragments, intents: ReadonlySet<Intent>): Task | undefined {
  const numbers = maths.join(' ').match(/\d+/g) ?? [];
  const isPlain = maths.every((part) => /^[\d\s,()]+$/.test(part));
  if (!isPlain) return undefined;
  const kind = intents.has('hcf') ? 'hcf' : intents.has('lcm') ? 'lcm' : undefined;
  if (kind !== undefined) {
    const isClear = numbers.length >= 2 && !(intents.has('hcf') && intents.has('lcm'));
    return isClear ? { kind, numbers: [...numbers].sort((a, b) => Number(a) - Number(b)) } : undefined;
  }
  const wantsFactors = intents.has('factor') && (intents.has('prime') || words.length > 0);
  return wantsFactors && numbers.length === 1 ? { kind: 'prime-factors', numbers } : undefined;
}

function expressionTask(
  { maths }: Fragments,
  intents: ReadonlySet<Intent>,
  reading: CalculusReading,
  target: string | undefined,
): Task | undefined {
  // `1/2 + 1/3 =` asks for the value.
  const parsed = maths.map((part) => canonical(parseExpression(part.replace(/\s*=\s*$/, ''))));
  // `find x` and `f` beside an equation name the unknown and are nothing to work out.
  const expressions = parsed.length > 1 ? parsed.filter((each) => typeof each !== 'string') : parsed;
  const [first] = expressions;
  if (first === undefined || intents.has('hcf') || intents.has('lcm') || intents.has('prime'))
    return undefined;
  const relations = expressions.filter(
    (each): each is Application => isRelation(each) || isCall(each, 'And'),
  );
  if (intents.has('derivative') || intents.has('integral')) {
    return expressions.length === 1 ? calculusTask(explicitSide(first), intents, reading) : undefined;
  }
  if (relations.length !== expressions.length)
    return relations.length === 0 && expressions.length === 1 ? algebraTask(first, intents) : undefined;
  return relationTask(relations, target);
}

/** `y = x²` stands for x² where a function is asked for. */
function explicitSide(expression: Expression): Expression | undefined {
  if (!isRelation(expression)) return expression;
  return isCall(expression, 'Equal') && operand(expression, 0) === 'y' ? operand(expression, 1) : undefined;
}

function calculusTask(
  expression: Expression | undefined,
  intents: ReadonlySet<Intent>,
  reading: CalculusReading,
): Task | undefined {
  if (expression === undefined || (intents.has('derivative') && intents.has('integral'))) return undefined;
  const variables = variablesOf(expression);
  const variable = reading.variable?.toLowerCase() ?? (variables.length === 1 ? variables[0] : 'x');
  if (variable === undefined) return undefined;
  if (intents.has('derivative')) return { kind: 'derivative', expression, variable, order: reading.order };
  const bounds = reading.bounds?.map((bound) => canonical(parseExpression(bound)));
  const [lower, upper] = bounds ?? [];
  const isDefinite = lower !== undefined && upper !== undefined;
  return {
    kind: 'integral',
    expression,
    variable,
    ...(isDefinite ? { bounds: [lower, upper] as const } : {}),
  };
}

function algebraTask(expression: Expression, intents: ReadonlySet<Intent>): Task | undefined {
  const variables = variablesOf(expression);
  if (intents.has('factor')) return { kind: 'factor', expression };
  if (intents.has('expand')) return { kind: 'expand', expression };
  const [variable] = variables;
  if (intents.has('solve') && variable !== undefined && variables.length === 1) {
    return { kind: 'equation', relation: ['Equal', expression, 0], variable };
  }
  // A lone number or letter is nothing to work out.
  if (!isApplication(expression) || (intents.has('solve') && variables.length > 0)) return undefined;
  return variables.length === 0 || intents.has('simplify') ? { kind: 'simplify', expression } : undefined;
}

function relationTask(relations: readonly Application[], target: string | undefined): Task | undefined {
  const [relation] = relations;
  if (!relation) return undefined;
  if (relations.length > 1) {
    const isSystem = relations.length <= 3 && relations.every((each) => isCall(each, 'Equal'));
    const ordered = [...relations].sort((left, right) => (canonicalKey(left) < canonicalKey(right) ? -1 : 1));
    return isSystem ? { kind: 'system', relations: ordered } : undefined;
  }
  const variables = variablesOf(relation);
  const [only] = variables;
  const variable = variables.length === 1 ? only : undefined;
  if (variable === undefined || (target !== undefined && target !== variable)) return undefined;
  const isEquation = isCall(relation, 'Equal');
  const isMixed = isCall(relation, 'And') && operandsOf(relation).some((part) => isCall(part, 'Equal'));
  if (isMixed) return undefined;
  return { kind: isEquation ? 'equation' : 'inequality', relation, variable };
}
