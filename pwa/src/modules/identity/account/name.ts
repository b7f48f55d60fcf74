/** So that a name is read out right: Khmer in its own letters, else Vietnamese; nothing for none. */
export const nameLanguage = (name: string) => (/\p{Script=Khmer}/u.test(name) ? 'km' : name ? 'vi' : undefined)
