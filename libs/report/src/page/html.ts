import { html as escaping, raw } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** Text that is HTML already: put into a template, it is not escaped again. */
export type Html = HtmlEscapedString;

/** A template whose values are escaped, unless they are HTML; lists are joined. Values here are never promises. */
export const html = escaping as (strings: TemplateStringsArray, ...values: unknown[]) => Html;

/** Marks text as HTML. Only for text that this package made itself. */
export const asHtml = (text: string): Html => raw(text);
