/**
 * The rivals of a row are the classes that it does not belong to, ascending. Margins and duals stand per row and rival,
 * at row * (classes - 1) + rival; with two classes that is one number per row.
 */
export const classOfRival = (label: number, rival: number): number => (rival < label ? rival : rival + 1);

/** Which rival of a row of class `label` the class is; it is not `label`. */
export const rivalOf = (label: number, other: number): number => (other < label ? other : other - 1);
