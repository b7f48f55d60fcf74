import type { Words } from '.'

export default {
  asked: host => `The pictures below the map come from ${host}: it sees your network address and the area you look at, not what you write.`,
} satisfies Words
