//! Who has room, looked up once in a round for all members that follow alike.

use std::mem::take;
use std::ops::ControlFlow;

use crate::model::MemberId;
use crate::rebalance::state::{Direction, LocalFlow};

/// The members with room of each shape that has several and was asked for often. In a round that
/// sends onward room only gets less: who has none is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Room {
    shapes: Vec<OfShape>,
    lists: Vec<Vec<MemberId>>,
    /// How many members were looked at in order to list those with room.
    looked_at: i64,
}

/// What is known of a shape's members.
#[derive(Clone, Copy, Debug)]
enum OfShape {
    /// Nothing; so many of them were visited.
    Visited(u32),
    /// The list in this place has those with room.
    Listed(u32),
}

impl Room {
    /// Visits the members of a shape that may be ends onward, and perhaps others, until one is
    /// enough.
    #[inline]
    pub(crate) fn each_of_shape<B>(
        &mut self,
        flow: &LocalFlow<'_>,
        shape: u32,
        mut visit: impl FnMut(MemberId) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        match flow.followers.only_member_of(shape) {
            Some(member) => visit(member),
            None => self.each_of_several(flow, shape, visit),
        }
    }

    /// How many members were looked at since this was asked before, beside those that were visited.
    pub(crate) fn looked_at(&mut self) -> i64 {
        take(&mut self.looked_at)
    }

    /// Mostly a few members are enough. Once as many were visited as there are, those with room are
    /// listed.
    fn each_of_several<B>(
        &mut self,
        flow: &LocalFlow<'_>,
        shape: u32,
        mut visit: impl FnMut(MemberId) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        if self.shapes.is_empty() {
            self.shapes.resize(flow.followers.shape_count(), OfShape::Visited(0));
        }
        let place = match &mut self.shapes[shape as usize] {
            OfShape::Visited(visited) if *visited as usize <= flow.followers.size_of_shape(shape) => {
                return flow.followers.members_of(shape).try_for_each(|member| {
                    *visited += 1;
                    visit(member)
                });
            }
            OfShape::Visited(_) => self.list(flow, shape),
            OfShape::Listed(place) => *place,
        };
        each_listed(flow, &mut self.lists[place as usize], visit)
    }

    /// Lists the members of a shape that have room, and says in which place that is.
    fn list(&mut self, flow: &LocalFlow<'_>, shape: u32) -> u32 {
        let place = self.lists.len() as u32;
        self.looked_at += flow.followers.size_of_shape(shape) as i64;
        self.lists.push(flow.followers.members_of(shape).filter(|&member| has_room(flow, member)).collect());
        self.shapes[shape as usize] = OfShape::Listed(place);
        place
    }
}

/// Visits listed members that have room still, and forgets the others, until one is enough.
fn each_listed<B>(flow: &LocalFlow<'_>, members: &mut Vec<MemberId>, mut visit: impl FnMut(MemberId) -> ControlFlow<B>) -> ControlFlow<B> {
    let mut place = 0;
    while let Some(&member) = members.get(place) {
        if has_room(flow, member) {
            visit(member)?;
            place += 1;
        } else {
            members.swap_remove(place);
        }
    }
    ControlFlow::Continue(())
}

fn has_room(flow: &LocalFlow<'_>, member: MemberId) -> bool {
    flow.end(Direction::Onward, flow.member(member)).is_some()
}
