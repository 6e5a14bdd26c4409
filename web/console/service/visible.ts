import { onMounted, onScopeDispose, type Ref } from 'vue';

/** Loading begins a little before the user has scrolled there. */
const MARGIN = '200px';

/** Is fulfilled when the element is scrolled into view for the first time. */
export function useVisible(element: Readonly<Ref<Element | null>>): Promise<void> {
  return new Promise((resolve) => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        observer.disconnect();
        resolve();
      },
      { rootMargin: MARGIN },
    );
    onMounted(() => {
      if (element.value) observer.observe(element.value);
    });
    onScopeDispose(() => {
      observer.disconnect();
    });
  });
}
