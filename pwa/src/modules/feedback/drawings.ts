/** The drawings of this module, as in core/ui/icons. */
export const flag = 'M6 21V4M6 4.5c4-2 8 2 12.5 0v9c-4.5 2-8.5-2-12.5 0'
export const camera = 'M4 7.5h4l1.5-2.5h5L16 7.5h4v11.5H4zM12 10a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4z'
export const plane = 'M3.5 11.5L20.5 4l-5 16.5-4-7z'
export const star = 'M12 4l2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8z'
export const film = 'M4 6.5h16v11H4zM10 9.5v5l4.5-2.5z'
