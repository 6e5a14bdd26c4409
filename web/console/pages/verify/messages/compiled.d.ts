import type { Message } from '../../../../../sdk/src/messages/format-message.js';
import type en from './en.json';

/** The catalogues beside this file, which the build compiles. */
export declare const messages: Readonly<Record<'en' | 'uk', Readonly<Record<keyof typeof en, Message>>>>;
