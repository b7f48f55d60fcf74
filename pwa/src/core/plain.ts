/** What a phone copies around a number, or a word processor leaves in a text, and nobody sees: the server refuses it. */
export const plain = (text: string) => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, '')
