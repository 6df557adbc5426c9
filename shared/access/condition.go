package access

// Condition judges what a rule says under "when". It knows the facts of the
// question and nothing else: no free text, no clock, no directory.
type Condition interface {
	// Holds reports whether the rule's When is true of the question. Whoever
	// gets an error denies. It may be called at once from many places.
	Holds(r Rule, q Ask) (bool, error)
}

// Risk is how much harm the access can do, in the policy's own judgment. It is
// shown to who decides; high-risk requests are decided where one sees all of
// them. "" says nothing about it.
type Risk string

// The levels.
const (
	Low    Risk = "low"
	Medium Risk = "medium"
	High   Risk = "high"
)

// speaks reports whether the rule's condition lets it speak of the question.
// deny is why nothing can be allowed, "" when it was judged.
func (r Rule) speaks(q Ask) (holds bool, deny string) {
	if r.When == "" {
		return true, ""
	}
	if q.Condition == nil {
		return false, "has a condition (when), which is not judged here"
	}
	holds, err := q.Condition.Holds(r, q)
	if err != nil {
		return false, "has a condition (when) that cannot be judged, so nothing is given: " + err.Error()
	}
	return holds, ""
}
