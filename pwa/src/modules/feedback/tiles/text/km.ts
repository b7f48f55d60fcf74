import type { Words } from '.'

export default {
  asked: host => `រូបភាពផ្ទៃក្រោមផែនទីមកពី ${host}៖ ខាងនោះឃើញអាសយដ្ឋានបណ្តាញរបស់អ្នក និងតំបន់ដែលអ្នកកំពុងមើល តែមិនឃើញអ្វីដែលអ្នកសរសេរទេ។`,
} satisfies Words
