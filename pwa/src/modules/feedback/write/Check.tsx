export const Check = ({ on, set, label }: { on: boolean; set: (on: boolean) => void; label: string }) => (
  <label class="choice">
    <input type="checkbox" checked={on} onChange={event => set(event.currentTarget.checked)} />
    <span>{label}</span>
  </label>
)
