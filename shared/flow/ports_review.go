package flow

import (
	"context"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/audit"
	"github.com/ebb-access/ebb/shared/review"
)

// What is remembered of access reviews; ports.go says what holds for every port.

// Campaigns remembers access reviews and the templates that draft them.
type Campaigns interface {
	Campaign(ctx context.Context, id string) (review.Campaign, error)
	// Campaigns lists them, the newest first.
	Campaigns(ctx context.Context, limit int) ([]review.Campaign, error)
	// SaveCampaign saves a campaign; while Next is set it is due then in the lane
	// "review", as kind "campaign". A new state needs an event.
	SaveCampaign(ctx context.Context, c review.Campaign, e ...audit.Event) (review.Campaign, error)
}

// Templates remembers what drafts campaigns.
type Templates interface {
	Template(ctx context.Context, id string) (review.Template, error)
	// Templates lists them by id, stopped ones too.
	Templates(ctx context.Context) ([]review.Template, error)
	// SaveTemplate saves a template and, where it drafts one, its new campaign, in
	// one commit; while Next is set it is due then in the lane "review", as kind
	// "template".
	SaveTemplate(ctx context.Context, t review.Template, drafted *review.Campaign, e ...audit.Event) (review.Template, error)
}

// Staging remembers snapshots while they are taken, and after.
type Staging interface {
	// Page reads a stored page of a snapshot; it never changes.
	Page(ctx context.Context, campaign string, n int) (review.Page, error)
	// SavePage stores a page; fault.Conflict when there is one already.
	SavePage(ctx context.Context, p review.Page) error
	// PutLines writes lines and what leads their reviewers to them: only lines of a
	// page that is stored. It may be repeated, as a whole or behind half of it;
	// fault.Conflict when the campaign is not staged any more.
	PutLines(ctx context.Context, as []review.Assignment, ls []review.Line) error
	// SaveStaged saves the campaign behind a page and adds the page's lines to its
	// assignments, which are made where they are new, in one commit.
	SaveStaged(ctx context.Context, c review.Campaign, add []review.Assignment, e ...audit.Event) (review.Campaign, error)
	// EachEarlier calls f for what was decided last about a resource's entitlements,
	// by slug and account.
	EachEarlier(ctx context.Context, conn, resource string, f func(slug, account string, e review.Earlier) error) error
}

// Assignments remembers who reviews what.
type Assignments interface {
	Assignment(ctx context.Context, campaign, id string) (review.Assignment, error)
	// EachAssignment calls f for those of a campaign, by id.
	EachAssignment(ctx context.Context, campaign string, f func(review.Assignment) error) error
	// AssignmentsOf lists those of an account, or of a user group by its id, the
	// newest campaign first; campaign "" is every campaign. Of an account it gives
	// those that name it: who joined a group since is found by the group.
	AssignmentsOf(ctx context.Context, conn, account, campaign string) ([]review.Assignment, error)
	// Line reads one; LinesAfter calls f for an assignment's lines by id, behind one
	// ("": from the first), until f fails. Another assignment's lines are not read.
	Line(ctx context.Context, campaign, assignment, id string) (review.Line, error)
	LinesAfter(ctx context.Context, campaign, assignment, after string, f func(review.Line) error) error
}

// Deciding remembers what reviewers decide.
type Deciding interface {
	// SaveNotes saves lines with decisions that are not submitted, their texts, and
	// the assignment's count of them. It needs no event: a note is nobody's word
	// yet, and whatever is more than a note is refused. At most MostNotes lines.
	SaveNotes(ctx context.Context, a review.Assignment, ls []review.Line, texts []Text) error
	// SaveReviewed saves what was decided and all that it made, in one commit, with
	// at least one event. What was staged of a line, and what was decided before,
	// stays as it was.
	SaveReviewed(ctx context.Context, c review.Change, e ...audit.Event) error
	// Taking lists denied lines of a campaign whose removal is not over, by id.
	Taking(ctx context.Context, campaign, after string, limit int) ([]review.Line, error)
	// TellReviewers puts a row into the lane "tell" for each account, as kind
	// "reviewer" with the id "campaign/account", due now.
	TellReviewers(ctx context.Context, campaign, conn string, accounts []string) error
}

// Manuals remembers what people have to do by hand.
type Manuals interface {
	Manual(ctx context.Context, id string) (access.Manual, error)
	// Manuals lists those of a connector, the newest first; waiting: only those that
	// are not over. ManualsOf lists those that wait about one resource.
	Manuals(ctx context.Context, conn string, waiting bool, limit int) ([]access.Manual, error)
	ManualsOf(ctx context.Context, conn, resource string) ([]access.Manual, error)
	// GivenUp lists those of a connector that somebody gave up, the newest first.
	GivenUp(ctx context.Context, conn string) ([]access.Manual, error)
	// SaveManual saves a task; a new one and a new state need an event, of which
	// somebody is to hear (kind "manual"). While Next is set it is due then in the
	// lane "act", as kind "manual".
	SaveManual(ctx context.Context, m access.Manual, e ...audit.Event) (access.Manual, error)
}

// Packing remembers evidence packages that are too large to be made while somebody
// waits. It is a cache: what is lost is made again.
type Packing interface {
	// Packing gives the zero Packing where a campaign's package was never asked for.
	Packing(ctx context.Context, campaign string) (review.Packing, error)
	// SavePacking saves it; while Next is set it is due then in the lane "review", as
	// kind "evidence". It needs no event: the audit has what vouches for a package.
	SavePacking(ctx context.Context, p review.Packing) (review.Packing, error)
	// PutPacked writes bytes of a package from a place on, a multiple of
	// review.PackedRow; what was there is written over. They are gone at expires.
	PutPacked(ctx context.Context, id string, from int64, b []byte, expires time.Time) error
	// Packed gives bytes between two places; fault.NotFound where they are not all
	// there any more.
	Packed(ctx context.Context, id string, from, to int64) ([]byte, error)
	// DropPacked takes the bytes of a package of that size away.
	DropPacked(ctx context.Context, id string, size int64) error
}

// Erasing takes the names of forgotten people out of the rows of reviews.
type Erasing interface {
	// Erasure gives the zero Erasure where nobody asked for one.
	Erasure(ctx context.Context, conn, account string) (review.Erasure, error)
	// SaveErasure saves it; while Next is set it is due then in the lane "review", as
	// kind "erasure" with the account's id. Its end needs an event.
	SaveErasure(ctx context.Context, x review.Erasure, e ...audit.Event) (review.Erasure, error)
	// EraseNames takes the account's name out of a review's snapshot and lines and says
	// how many rows had it. It repeats safely; whole is false where lines were moved
	// meanwhile: call it again.
	EraseNames(ctx context.Context, campaign, account string) (rows int, whole bool, err error)
}
