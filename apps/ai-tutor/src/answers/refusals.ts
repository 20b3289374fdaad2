import type { DeclineReason, Language } from '../solver/task.ts';

const REASONS: Readonly<Record<DeclineReason, Readonly<Record<Language, string>>>> = {
  unsupported: {
    en: 'I cannot solve this kind of problem yet.',
    hi: 'मैं इस प्रकार का प्रश्न अभी हल नहीं कर सकता।',
  },
  unverified: {
    en: 'I found no answer that passes my own check, so I give none.',
    hi: 'मुझे ऐसा कोई उत्तर नहीं मिला जो मेरी अपनी जाँच में खरा उतरे, इसलिए मैं कोई उत्तर नहीं देता।',
  },
  'too-large': {
    en: 'The numbers in this problem are too large for me.',
    hi: 'इस प्रश्न की संख्याएँ मेरे लिए बहुत बड़ी हैं।',
  },
  'time-limit': {
    en: 'This problem takes me too long to solve.',
    hi: 'इस प्रश्न को हल करने में मुझे बहुत समय लगता है।',
  },
  busy: {
    en: 'I am very busy at the moment; please ask again shortly.',
    hi: 'मैं अभी बहुत व्यस्त हूँ; कृपया थोड़ी देर में फिर पूछिए।',
  },
  failed: { en: 'Something went wrong while I solved this.', hi: 'इसे हल करते समय कुछ गड़बड़ हो गई।' },
};
const NOT_UNDERSTOOD: Readonly<Record<Language, string>> = {
  en: 'I am not sure what to do with this question. Try to write it as a formula, for example "Solve x^2 - 5x + 6 = 0", with brackets where a fraction could be read in two ways.',
  hi: 'मैं इस प्रश्न को ठीक से नहीं समझ पाया। इसे सूत्र के रूप में लिखिए, जैसे "हल कीजिए x^2 - 5x + 6 = 0"; जहाँ भिन्न के दो अर्थ हो सकते हैं वहाँ कोष्ठक लगाइए।',
};
const NEAREST: Readonly<Record<Language, string>> = {
  en: 'These lessons are nearest to it.',
  hi: 'ये पाठ इसके सबसे निकट हैं।',
};

/** Says plainly that there is no answer, and why. */
export function refusal(language: Language, reason: DeclineReason | undefined, hasLessons: boolean): string {
  const why = reason === undefined ? NOT_UNDERSTOOD[language] : REASONS[reason][language];
  return hasLessons ? `${why} ${NEAREST[language]}` : why;
}
