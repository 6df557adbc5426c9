package local

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"time"

	"github.com/ebb-access/ebb/shared/access"
	"github.com/ebb-access/ebb/shared/connector"
	"github.com/ebb-access/ebb/shared/directory"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/policyfile"
	"github.com/ebb-access/ebb/shared/slack/slacktest/window"
)

//go:embed policy.yaml
var starter []byte

// rootUser is the first Super Administrator of a house on a laptop.
const rootUser = "u_admin"

// welcome makes what a new house lacks (an administrator with a key; over a
// simulated Slack a connector, a policy and people with keys) and says where
// everything is.
func (h *House) welcome(ctx context.Context, r *Run, place *folder, sim *simulation, at string, out io.Writer) error {
	root, err := h.FirstUser(ctx, rootUser, "Administrator")
	if err != nil {
		return err
	}
	by := access.Actor{User: root}
	keys, err := openKeys(filepath.Join(r.Dir, "keys.json"))
	if err != nil {
		return err
	}
	if err := h.key(ctx, by, keys, "admin"); err != nil {
		return err
	}
	if sim != nil {
		if err := h.settle(ctx, by, place, sim, keys); err != nil {
			return err
		}
	}
	link, err := h.MakeSignInLink(ctx, root.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "house      %s\n", at)
	fmt.Fprintf(out, "sign in    %s   once, within a quarter of an hour, as %s\n", link, root.ID)
	if sim != nil {
		fmt.Fprintf(out, "slack      %s/api/   simulated; nothing leaves this machine\n", sim.url)
		fmt.Fprintf(out, "window     %s%s   what its people see\n", sim.url, window.Path)
	} else {
		fmt.Fprintf(out, "slack      %s\n", r.SlackAPIURL)
		switch {
		case r.AppToken != "":
			fmt.Fprintln(out, "events     by Socket Mode; nothing here is open to the outside")
		case r.SigningSecret == "":
			fmt.Fprintln(out, "events     none: neither EBB_SLACK_APP_TOKEN nor EBB_SLACK_SIGNING_SECRET is set, so only syncs tell what happens in Slack")
		}
	}
	fmt.Fprintf(out, "data       %s   keys in %s\n", r.Dir, keys.path)
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(out, "next       ebb connect   (prints a link; open it in a browser)")
	}
	fmt.Fprintln(out, "ready")
	return nil
}

// settle connects a simulated company as its owner would in a browser, syncs
// it, and gives it a policy and people. What a first start did not get to, the
// next one does; later ones only make keys that are lost.
func (h *House) settle(ctx context.Context, by access.Actor, place *folder, sim *simulation, keys *keyring) error {
	if place.note.Settled {
		return h.rekey(ctx, by, place, keys)
	}
	c, err := h.firstConnector(ctx, by)
	if err != nil {
		return err
	}
	if c.Label == connector.NotConnected {
		link, err := h.Invite(ctx, by, c.ID)
		if err != nil {
			return err
		}
		if err := clickThrough(ctx, link, sim.org.PrimaryOwner(sim.org.TeamIDs()[0]), sim.org.TeamIDs()[0]); err != nil {
			return err
		}
	}
	if c, err = h.firstSync(ctx, c.ID); err != nil {
		return err
	}
	if !place.note.Export {
		p, err := policyfile.Parse(starter)
		if err != nil {
			return err
		}
		if _, _, err := h.Publish(ctx, by, p); err != nil {
			return err
		}
		if err := h.people(ctx, by, c, keys); err != nil {
			return err
		}
	}
	place.note.Settled = true
	return place.save()
}

func (h *House) firstConnector(ctx context.Context, by access.Actor) (connector.Connector, error) {
	all, err := h.Memory.Connectors(ctx)
	if err != nil {
		return connector.Connector{}, err
	}
	if len(all) > 0 {
		return all[0], nil
	}
	return h.AddConnector(ctx, by, "", nil)
}

// rekey makes the keys anew that keys.json has lost. Who is no longer there, or
// was ended, gets none, and that stops no house.
func (h *House) rekey(ctx context.Context, by access.Actor, place *folder, keys *keyring) error {
	all, err := h.Memory.Connectors(ctx)
	if err != nil || len(all) == 0 || place.note.Export {
		return err
	}
	if err := h.people(ctx, by, all[0], keys); err != nil {
		h.Log.Warn("the keys of the simulated people", "error", err)
	}
	return nil
}

// clickThrough clicks through the consent page as an account of the simulation.
func clickThrough(ctx context.Context, link, as, team string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar, Timeout: 20 * time.Second, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if r.URL.Path == "/oauth/v2/authorize" {
			q := r.URL.Query()
			q.Set("_as", as)
			q.Set("_team", team)
			q.Set("_approve", "1")
			r.URL.RawQuery = q.Encode()
		}
		return nil
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
		return fault.New("local.clickThrough", fault.Internal, "the simulated Slack was not connected: %s %s", resp.Status, text)
	}
	return nil
}

// firstSync waits for the directory. A run that a killed house left is
// gone on with at once: nobody else has this folder.
func (h *House) firstSync(ctx context.Context, id string) (connector.Connector, error) {
	if c, err := h.Memory.Connector(ctx, id); err != nil {
		return c, err
	} else if c.LastRun != "" {
		if _, err := h.SyncStep(ctx, c.LastRun); err != nil {
			return c, err
		}
	}
	for range 600 {
		if _, err := h.Sync(ctx); err != nil {
			return connector.Connector{}, err
		}
		c, err := h.Memory.Connector(ctx, id)
		if err != nil || c.Label == connector.Connected {
			return c, err
		}
		select {
		case <-ctx.Done():
			return c, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return connector.Connector{}, fault.New("local.firstSync", fault.Internal, "the simulated Slack was not synced")
}

// people gives the personas their keys, each made as by the persona: a person's
// key is made by that person alone, and nobody is these but who has the folder.
// This runs over the house's own simulated company only.
func (h *House) people(ctx context.Context, by access.Actor, c connector.Connector, keys *keyring) error {
	ids := map[string]string{}
	err := h.Memory.EachAccount(ctx, c.ID, func(a directory.Account) error {
		for _, p := range Personas {
			if a.Handle == p.Name {
				ids[p.Name] = a.ID
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range Personas {
		if keys.m[p.Name] != "" || ids[p.Name] == "" {
			continue
		}
		u, err := h.Bind(ctx, by, c.ID, ids[p.Name], nil)
		if err != nil {
			return err
		}
		if err := h.key(ctx, access.Actor{User: u}, keys, p.Name); err != nil {
			return err
		}
	}
	return nil
}

// key makes a key of the actor's own for a name that has none yet.
func (h *House) key(ctx context.Context, by access.Actor, keys *keyring, name string) error {
	if keys.m[name] != "" {
		return nil
	}
	key, _, err := h.CreateKey(ctx, by, by.User.ID, name, false)
	if err != nil {
		return err
	}
	keys.m[name] = key
	return keys.save()
}

// keyring is the file of keys for this laptop's own use.
type keyring struct {
	path string
	m    map[string]string
}

func openKeys(path string) (*keyring, error) {
	k := &keyring{path: path, m: map[string]string{}}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return k, nil
	}
	if err != nil {
		return nil, fault.Wrap("local.openKeys", err)
	}
	if json.Unmarshal(raw, &k.m) != nil {
		return nil, fault.New("local.openKeys", fault.Misconfigured, "%s cannot be read; remove it, and ebb run makes a new key for the administrator", path)
	}
	return k, nil
}

func (k *keyring) save() error {
	raw, err := json.MarshalIndent(k.m, "", "  ")
	if err != nil {
		return err
	}
	return replace(k.path, append(raw, '\n'))
}
