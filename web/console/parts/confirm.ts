import { shallowRef } from 'vue';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** The text of the button that does it. */
  readonly confirm: string;
  /** The text of the other button. Default: "Cancel", which is unclear where something is to be cancelled */
  readonly dismiss?: string;
  readonly isDangerous?: boolean;
}

/** The question that is shown, by `ConfirmDialog` in the shell. */
export const question = shallowRef<(Question & { readonly answer: (isConfirmed: boolean) => void }) | undefined>();

/** Asks the user before something that cannot be undone. */
export function confirm(asked: Question): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (isConfirmed) => {
        question.value = undefined;
        resolve(isConfirmed);
      },
    };
  });
}
