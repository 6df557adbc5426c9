package console

import (
	"strings"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/flow"
)

var taskRoutes = []route{
	{pattern: "GET /tasks", serve: (*visit).tasks},
	{pattern: "POST /tasks", serve: (*visit).decideMany},
}

// TasksPage is what tasks.html shows: what waits for the reader, the most urgent
// first.
type TasksPage struct {
	Frame
	Broken  []TaskLine // connectors and grants: what needs attention
	ByHand  []ManualLine
	Reviews []flow.ReviewTask
	Decide  []TaskLine // requests to decide, veto or confirm
	More    bool
	Several bool // some can be approved together
}

// TaskLine is one task in words.
type TaskLine struct {
	flow.Task
	Request *RequestLine
	Grant   *GrantLine
	// Together: it can be approved with others, because policy calls nothing in
	// it high-risk.
	Together bool
}

func (v *visit) tasks() error {
	all, more, err := v.s.house.ReadTasks(v.ctx(), v.by)
	if err != nil {
		return err
	}
	p := TasksPage{Frame: v.frame("Tasks"), More: more}
	for _, t := range all {
		l := TaskLine{Task: t}
		switch {
		case t.Request != nil:
			r := line(*t.Request)
			l.Request, l.Together = &r, t.Kind == flow.TaskDecide && lowRisk(*t.Request)
			p.Several = p.Several || l.Together
			p.Decide = append(p.Decide, l)
			continue
		case t.Grant != nil:
			g := v.grantLine(*t.Grant)
			l.Grant = &g
		case t.Manual != nil:
			p.ByHand = append(p.ByHand, manualLine(*t.Manual))
			continue
		case t.Review != nil:
			p.Reviews = append(p.Reviews, *t.Review)
			continue
		}
		p.Broken = append(p.Broken, l)
	}
	return v.show("tasks", p)
}

// lowRisk reports whether a request holds nothing that policy calls high-risk.
func lowRisk(r flow.RequestView) bool {
	for _, it := range r.Items {
		if it.Risk == access.High {
			return false
		}
	}
	return !r.Emergency
}

// decideMany approves several requests of low risk, each by itself: what fails
// holds back nothing else.
func (v *visit) decideMany() error {
	ids := v.fields("id")
	if len(ids) == 0 {
		return fault.At("console.tasks", "id", "tick what you want to approve")
	}
	if len(ids) > flow.MostTasks {
		return fault.At("console.tasks", "id", "approve at most %d at once", flow.MostTasks)
	}
	done := 0
	var failed []string
	for _, id := range ids {
		r, err := v.s.house.ReadRequest(v.ctx(), v.by, id)
		if err == nil && !lowRisk(r) {
			err = fault.New("console.tasks", fault.Forbidden, "it is high-risk, so it is decided on its own page")
		}
		if err == nil {
			_, err = v.s.house.Approve(v.ctx(), v.by, id, v.field("comment"))
		}
		if err == nil || fault.Is(err, fault.Already) {
			done++
			continue
		}
		says, _ := v.sorry(err)
		failed = append(failed, id+": "+says)
	}
	said := count(done, "request", "requests") + " approved."
	if len(failed) > 0 {
		said += " Not approved: " + strings.Join(failed, "; ")
	}
	return v.to("/tasks", cut(said, 1500))
}

// cut keeps a sentence within n characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
