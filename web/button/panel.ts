const MARGIN = 8;
const GAP = 6;

/** Shows an element in the top layer beside its anchor, within the window, until `hide` is called. */
export class Panel {
  private anchor: HTMLElement | undefined;

  constructor(private readonly find: () => HTMLElement | null) {}

  show(anchor: HTMLElement): void {
    const panel = this.find();
    if (!panel) return;
    if (!this.anchor) {
      addEventListener('scroll', this.place, { capture: true, passive: true });
      addEventListener('resize', this.place);
    }
    this.anchor = anchor;
    if (!panel.matches(':popover-open')) panel.showPopover();
    this.place();
  }

  hide(): void {
    removeEventListener('scroll', this.place, { capture: true });
    removeEventListener('resize', this.place);
    this.anchor = undefined;
    const panel = this.find();
    if (panel?.matches(':popover-open')) panel.hidePopover();
  }

  /** Below the anchor, or above it where there is more room. The content may have another size now. */
  readonly place = (): void => {
    const panel = this.find();
    if (!panel || !this.anchor) return;
    const anchor = this.anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = panel;
    const { clientWidth, clientHeight } = document.documentElement;
    const isRightToLeft = getComputedStyle(this.anchor).direction === 'rtl';
    const left = isRightToLeft ? anchor.right - width : anchor.left;
    const below = anchor.bottom + GAP;
    const above = anchor.top - GAP - height;
    const top = below + height > clientHeight - MARGIN && above >= MARGIN ? above : below;
    // Set by property: the policy of the page may forbid style attributes.
    panel.style.left = `${Math.max(MARGIN, Math.min(left, clientWidth - width - MARGIN))}px`;
    panel.style.top = `${Math.max(MARGIN, Math.min(top, Math.max(MARGIN, clientHeight - height - MARGIN)))}px`;
  };
}
