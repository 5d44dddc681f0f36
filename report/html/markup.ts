import htm from 'htm';
import { h, type VNode } from 'preact';

/** What a piece of a page is made of. Text in it is escaped when it is rendered. */
export type Markup = VNode | VNode[] | string | number | null | undefined | false | readonly Markup[];

/** htm's types say that the module is an object with the function in it; it is the function. */
const bind = (htm as unknown as { readonly bind: (create: typeof h) => typeof html }).bind;

/** HTML as a template: html`<p class=${name}>${text}</p>`. */
export const html: (strings: TemplateStringsArray, ...values: unknown[]) => VNode | VNode[] = bind.call(htm, h);
