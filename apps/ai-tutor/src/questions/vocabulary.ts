/** What a word of a question asks for. */
export type Intent =
  'solve' | 'factor' | 'expand' | 'simplify' | 'derivative' | 'integral' | 'hcf' | 'lcm' | 'prime';

const INTENTS: Readonly<Record<Intent, string>> = {
  solve:
    'solve solving solved root roots zero zeros zeroes solution solutions inequality inequalities हल मूल मूलों शून्यक असमिका hal',
  factor:
    'factor factors factorise factorize factoring factored factorisation factorization गुणनखंड गुणनखण्ड गुणनखंडन gunankhand',
  expand: 'expand expansion विस्तार प्रसार फैलाइए फैलाओ',
  simplify: 'simplify simplified evaluate calculate compute value सरल मान गणना परिकलन',
  derivative: 'derivative derivatives differentiate differentiation अवकलज अवकलन अवकल',
  integral: 'integral integrate integration antiderivative समाकल समाकलन समाकलज',
  hcf: 'hcf gcd gcf',
  lcm: 'lcm',
  prime: 'prime अभाज्य',
};

/** Words that do not change what is asked; any word that is neither here nor an intent makes the tutor hold back. */
const FILLERS = `
a an the of is are for in to by with what which whats find please can could would you help me us my we i do does how
show steps step give given get tell answer question problem maths math mathematics following equation equations
expression quadratic linear cubic polynomial polynomials system simultaneous pair using use method formula work out
working hi hello hey sir madam maam teacher want need this that these it its let y f function definite indefinite
completely fully each detail details explain determine exact unknown variable variables respect wrt using and or
numbers both if now also then thanks thank tutor simple simplest form
का की के को में से है हैं क्या कीजिए करो करें करिए कर करके ज्ञात निकालिए निकालो निकालें निकाले बताइए बताओ बताएँ बताएं समीकरण
समीकरणों द्विघात रैखिक त्रिघात व्यंजक फलन और तथा या दीजिए दो समझाइए समझाओ समझाएँ कैसे हो होगा होंगे यदि तो सापेक्ष लिए चरण चरणों
सहित प्रश्न उत्तर कृपया मुझे इस इसका इसके इन निम्नलिखित निम्न पद संख्याओं बहुपद युगपत निकाय करना विधि द्वारा सूत्र रूप
ka ki ke ko karo kijiye kare kya hai nikalo batao samjhao karna kaise mujhe aur
`;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

const INTENT_OF = new Map<string, Intent>(
  (Object.keys(INTENTS) as Intent[]).flatMap((intent) =>
    words(INTENTS[intent]).map((word) => [word, intent] as const),
  ),
);
const FILLER_SET = new Set(words(FILLERS));

/** What the word asks for, if it asks for anything. */
export function intentOf(word: string): Intent | undefined {
  return INTENT_OF.get(word);
}

/** Does the word leave the meaning of a question as it is? */
export function isFiller(word: string): boolean {
  return FILLER_SET.has(word);
}

/** Is it a word of a question rather than a product of unknowns? */
export function isKnownWord(word: string): boolean {
  return FILLER_SET.has(word) || INTENT_OF.has(word);
}
