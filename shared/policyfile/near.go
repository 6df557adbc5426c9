package policyfile

import "strings"

// suggest ends a sentence about an unknown word: the nearest of the known
// ones, or all of them when none is near.
func suggest(word string, known []string) string {
	best, least := "", 3
	if len(word) > 40 {
		least = 0
	}
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); least > 0 && d < least && 2*d <= len(k) {
			best, least = k, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known are " + strings.Join(known, ", ")
}

// distance is Levenshtein's: the fewest letters to change, add or drop.
func distance(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
