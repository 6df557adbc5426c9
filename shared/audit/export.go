package audit

// Sealed is an event with the link of the house's chain that seals it.
type Sealed struct {
	Event Event
	Seal  Seal
}

// Fits says what is wrong with the two by themselves, away from the house: a
// hash that is not the event's or the link's, or a link of something else. "":
// nothing.
func (s Sealed) Fits() string {
	switch {
	case s.Event.sum() != s.Event.Hash:
		return "the event was changed"
	case s.Seal.sum() != s.Seal.Hash:
		return "the seal was changed"
	case s.Seal.Event != s.Event.Hash || s.Seal.Aggregate != s.Event.Aggregate || s.Seal.Seq != s.Event.Seq:
		return "the seal is of another event"
	}
	return ""
}

// Follows says what is wrong with two links that came one after the other in an
// export of everything. "": nothing.
func (s Sealed) Follows(before Seal) string {
	if s.Seal.N != before.N+1 {
		return "links are missing before it"
	}
	if s.Seal.Prev != before.Hash {
		return "it does not follow the link before it"
	}
	return ""
}

// LinkFollows says what is wrong with a link of the chain that came behind another,
// without the event that it seals. "": nothing.
func LinkFollows(before, s Seal) string {
	if s.sum() != s.Hash {
		return "the seal was changed"
	}
	return Sealed{Seal: s}.Follows(before)
}
