/** Words in this language; what is missing is said in English. */
export const es = {};
