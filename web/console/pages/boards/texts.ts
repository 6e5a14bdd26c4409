import { messages } from './messages/compiled.js';
import { useTexts } from '../../texts';

export type MessageKey = keyof (typeof messages)['en'];

export const usePageTexts = () => useTexts<MessageKey>(messages);
