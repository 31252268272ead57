// Command kubeclient drives a container runtime through the very client that a kubelet uses: a pod's whole life, the lists,
// image pulls and the errors a kubelet acts on. It prints a line per step with its duration and exits with 1 after the first
// step that fails; what the steps made is removed either way.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	internalapi "k8s.io/cri-api/pkg/apis"
	remote "k8s.io/cri-client/pkg"
)

// What a kubelet gives a call by default.
const patience = 2 * time.Minute

type node struct {
	runtime internalapi.RuntimeService
	images  internalapi.ImageManagerService
	options options
}

type options struct {
	endpoint, image, missing, handler, logs, cgroup string
	streaming                                       bool
}

type step struct {
	name string
	do   func(context.Context) error
}

func main() {
	var o options
	flag.StringVar(&o.endpoint, "endpoint", "", "the runtime's socket, unix:///path")
	flag.StringVar(&o.image, "image", "", "an image with a shell, to be pulled")
	flag.StringVar(&o.missing, "missing", "", "an image that the registry does not have")
	flag.StringVar(&o.handler, "handler", "", "runtime handler; empty is the default")
	flag.StringVar(&o.logs, "logs", "", "an existing directory for the pod's logs")
	flag.StringVar(&o.cgroup, "cgroup", "", "the pod's parent cgroup")
	flag.BoolVar(&o.streaming, "streaming", false, "list by streaming calls where the runtime has them")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "kubeclient:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	ctx := context.Background()
	runtime, err := remote.NewRemoteRuntimeService(ctx, o.endpoint, patience, nil, o.streaming)
	if err != nil {
		return fmt.Errorf("connect to the runtime: %w", err)
	}
	defer runtime.Close(ctx)
	images, err := remote.NewRemoteImageService(ctx, o.endpoint, patience, nil, o.streaming)
	if err != nil {
		return fmt.Errorf("connect to the image service: %w", err)
	}
	defer images.Close(ctx)
	n := &node{runtime, images, o}
	p := newPod(n)
	failed := perform(ctx, append(append(n.steps(), p.steps()...), n.lastSteps()...))
	return errors.Join(failed, p.cleanUp(ctx))
}

// perform runs the steps in order up to the first that fails.
func perform(ctx context.Context, steps []step) error {
	for _, s := range steps {
		begin := time.Now()
		err := s.do(ctx)
		took := time.Since(begin).Round(10 * time.Microsecond)
		if err != nil {
			fmt.Printf("FAIL %-62s %12s\n", s.name, took)
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Printf("ok   %-62s %12s\n", s.name, took)
	}
	return nil
}
