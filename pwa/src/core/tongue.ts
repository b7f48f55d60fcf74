/** The language of what a person here has written, by its script. */
export const tongue = (text: string) => (/\p{Script=Khmer}/u.test(text) ? 'km' : 'vi')
