import { messages } from './messages/compiled.js';
import { useTexts } from '../../texts';

export const useVerifyTexts = () => useTexts<keyof (typeof messages)['en']>(messages);
