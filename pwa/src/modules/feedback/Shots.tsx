import { t } from './text'

/** Photos of the report at this address of the server: small, and each leads to the whole of it. */
export const Shots = ({ of, numbers }: { of: string; numbers: number[] }) => (
  <ul class="shots">
    {numbers.map((number, index) => (
      <li key={number}>
        <a href={`${of}/photos/${number}`} target="_blank" rel="noopener">
          <img class="shot" src={`${of}/photos/${number}?small=true`} alt={t.photo(index + 1)} loading="lazy" />
        </a>
      </li>
    ))}
  </ul>
)
